"""analytics' worker with the funnel alone: what one read model takes in when nothing runs beside it."""

from dataclasses import replace

from libs.platform.process import run
from services.analytics.worker import PLAN

if __name__ == "__main__":
    funnel = tuple(each for each in PLAN.projections if each.name == "funnel")
    run(replace(PLAN, projections=funnel))
