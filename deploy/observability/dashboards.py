"""The dashboards: the platform at a glance, one service, and an event's way."""

from deploy.observability.panels import Dashboard, Panel

_ONE, _BAD = 'service="$service"', 'status="5xx"'
_VERSION = "plexus_directory_version"


def _rate(name: str, by: str, where: str = "") -> str:
    chosen = f"{{{where}}}" if where else ""
    return f"sum by ({by}) (rate({name}{chosen}[$__rate_interval]))"


def _quantile(share: float, name: str, by: str, where: str = "") -> str:
    chosen = f"{{{where}}}" if where else ""
    inside = f"sum by ({by}, le) (rate({name}_bucket{chosen}[$__rate_interval]))"
    return f"histogram_quantile({share}, {inside})"


OVERVIEW = Dashboard(
    "overview",
    "Plexus: the platform",
    "Is it up, is it fast, does it lose its way anywhere?",
    (
        Panel(
            "Processes that answer",
            "One less than yesterday is one that is down.",
            (('sum by (service) (up{job="plexus"})', "{{service}}"),),
            is_level=True,
        ),
        Panel(
            "Heartbeats",
            "How old each service's last heartbeat is that came through outbox, relay and broker.",
            (("max by (source) (plexus_heartbeat_age_seconds)", "{{source}}"),),
            "s",
            is_level=True,
        ),
        Panel(
            "Requests",
            "Answers a second of each service.",
            ((_rate("plexus_http_requests_total", "service"), "{{service}}"),),
            "reqps",
        ),
        Panel(
            "Server errors",
            "The share of answers that are 5xx.",
            (
                (
                    " / ".join(_rate("plexus_http_requests_total", "service", each) for each in (_BAD, "")),
                    "{{service}}",
                ),
            ),
            "percentunit",
        ),
        Panel(
            "Slowest hundredth",
            "p99 of the time until the head of the answer leaves.",
            ((_quantile(0.99, "plexus_http_request_seconds", "service"), "{{service}}"),),
            "s",
        ),
        Panel(
            "Event to read model",
            "p50 and p99 from an event's recording until a group has committed it.",
            (
                (_quantile(0.5, "plexus_event_delay_seconds", "service"), "{{service}} p50"),
                (_quantile(0.99, "plexus_event_delay_seconds", "service"), "{{service}} p99"),
            ),
            "s",
        ),
        Panel(
            "What waits for an operator",
            "Parked keys, blocked keys and dead letters of the last hour; all should be 0.",
            (
                (
                    'sum by (service) (plexus_consumer_parked_keys{waits_for="operator"})',
                    "{{service}} parked",
                ),
                ("max by (service) (plexus_outbox_blocked_keys)", "{{service}} blocked"),
                (
                    "sum by (service) (increase(plexus_consumer_dead_letters_total[1h]))",
                    "{{service}} dead letters",
                ),
            ),
        ),
        Panel(
            "Deliveries and mails",
            "Attempts a second by how they ended.",
            (
                (
                    _rate("plexus_webhook_deliveries_total", "outcome"),
                    "webhook {{outcome}}",
                ),
                (_rate("plexus_mails_total", "outcome"), "mail {{outcome}}"),
            ),
        ),
        Panel(
            "Memory",
            "What each process holds.",
            (("max by (service, process) (process_resident_memory_bytes)", "{{service}} {{process}}"),),
            "bytes",
        ),
        Panel(
            "Processor",
            "Cores in use.",
            (
                (
                    _rate("process_cpu_seconds_total", "service, process"),
                    "{{service}} {{process}}",
                ),
            ),
        ),
    ),
    links=("plexus",),
)

SERVICE = Dashboard(
    "service",
    "Plexus: one service",
    "What one service is asked, where its time goes, and what its worker does.",
    (
        Panel(
            "Requests by route",
            "Answers a second.",
            (
                (
                    _rate("plexus_http_requests_total", "method, route", _ONE),
                    "{{method}} {{route}}",
                ),
            ),
            "reqps",
        ),
        Panel(
            "Answers by status",
            "Classes of statuses, a second.",
            (
                (
                    _rate("plexus_http_requests_total", "status", _ONE),
                    "{{status}}",
                ),
            ),
            "reqps",
        ),
        Panel(
            "p99 by route",
            "The slowest hundredth of each route.",
            (
                (
                    _quantile(0.99, "plexus_http_request_seconds", "method, route", _ONE),
                    "{{method}} {{route}}",
                ),
            ),
            "s",
        ),
        Panel(
            "In progress and streams",
            "Requests that are not answered yet, and open event streams.",
            (
                (f"sum(plexus_http_requests_in_progress{{{_ONE}}})", "requests"),
                (f"sum by (feed) (plexus_streams_open{{{_ONE}}})", "stream {{feed}}"),
            ),
        ),
        Panel(
            "Database connections",
            "In use, of as many as the pools may hold.",
            (
                (
                    f'sum by (process, pool) (plexus_pool_connections{{{_ONE}, state="in_use"}})',
                    "{{process}} {{pool}} in use",
                ),
                (f"sum by (process, pool) (plexus_pool_size{{{_ONE}}})", "{{process}} {{pool}} at most"),
            ),
        ),
        Panel(
            "Waiting for a connection",
            "Seconds waited a second, and waits in vain: more than a little asks for a larger pool.",
            (
                (
                    _rate("plexus_pool_wait_seconds_total", "process", _ONE),
                    "{{process}} waited",
                ),
                (
                    _rate("plexus_pool_timeouts_total", "process", _ONE),
                    "{{process}} in vain",
                ),
            ),
        ),
        Panel(
            "Event loop",
            "p99 of how much later than asked it comes back: what blocks it delays every request.",
            ((_quantile(0.99, "plexus_event_loop_lag_seconds", "process", _ONE), "{{process}}"),),
            "s",
        ),
        Panel(
            "Jobs and loops",
            "Failed turns of jobs, and loops that broke, in the last hour.",
            (
                (
                    f'sum by (name) (increase(plexus_job_runs_total{{{_ONE}, outcome="failed"}}[1h]))',
                    "job {{name}}",
                ),
                (f"sum by (loop) (increase(plexus_loop_failures_total{{{_ONE}}}[1h]))", "loop {{loop}}"),
            ),
        ),
        Panel(
            "Timers",
            "How late the oldest overdue timer of each kind is, and calls a second.",
            (
                (f"max by (kind) (plexus_timers_overdue_seconds{{{_ONE}}})", "{{kind}} late"),
                (
                    _rate("plexus_timers_called_total", "kind, outcome", _ONE),
                    "{{kind}} {{outcome}}",
                ),
            ),
        ),
        Panel(
            "Collections of garbage",
            "A second, by generation.",
            (
                (
                    _rate("python_gc_collections_total", "process, generation", _ONE),
                    "{{process}} {{generation}}",
                ),
            ),
        ),
    ),
    by_service=True,
    links=("plexus",),
)

EVENT_PATH = Dashboard(
    "event-path",
    "Plexus: an event's way",
    "From the outbox through relay and broker into every group that reads.",
    (
        Panel(
            "Oldest unsent event",
            "The age of the oldest row of each outbox; it grows while relay or broker stand still.",
            (("max by (service) (plexus_outbox_oldest_seconds)", "{{service}}"),),
            "s",
        ),
        Panel(
            "Unsent events",
            "Rows of each outbox.",
            (("max by (service) (plexus_outbox_rows)", "{{service}}"),),
        ),
        Panel(
            "Relayed",
            "Rows a second by what the broker said.",
            (
                (
                    _rate("plexus_relay_events_total", "service, outcome"),
                    "{{service}} {{outcome}}",
                ),
            ),
            "wps",
        ),
        Panel(
            "Lag",
            "Records between each group and the end of the log.",
            (("sum by (group) (max by (group, topic) (plexus_consumer_lag_records))", "{{group}}"),),
        ),
        Panel(
            "Records read",
            "Applied, dropped as duplicates, and set aside, a second.",
            (
                (
                    _rate("plexus_consumer_records_total", "group, outcome"),
                    "{{group}} {{outcome}}",
                ),
            ),
            "rps",
        ),
        Panel(
            "Event to read model, p99",
            "From recording to commit, of each group.",
            ((_quantile(0.99, "plexus_event_delay_seconds", "group"), "{{group}}"),),
            "s",
        ),
        Panel(
            "Heartbeat's way, p99",
            "From recording to reading, of each service's heartbeat.",
            ((_quantile(0.99, "plexus_heartbeat_delay_seconds", "source"), "{{source}}"),),
            "s",
        ),
        Panel(
            "Set aside",
            "Keys that wait for an arrival or an operator.",
            (
                (
                    "max by (group, waits_for) (plexus_consumer_parked_keys)",
                    "{{group}} {{waits_for}}",
                ),
            ),
        ),
        Panel(
            "Tried again",
            "Batches a second that a group will try again, by the failure's class.",
            (
                (
                    _rate("plexus_consumer_retries_total", "group, error"),
                    "{{group}} {{error}}",
                ),
            ),
        ),
        Panel(
            "Directory",
            "How far each process' directory is behind the newest one.",
            (
                (
                    f"scalar(max({_VERSION})) - min by (service, process) ({_VERSION})",
                    "{{service}} {{process}}",
                ),
            ),
        ),
    ),
    links=("plexus",),
)

ALL = (OVERVIEW, SERVICE, EVENT_PATH)
