"""Python's garbage collector, kept from walking what a process holds for all of its life."""

import gc

# New objects before a look at them, and how many such looks come before the older ones are looked at.
_THRESHOLDS = (20_000, 20, 50)


def settle() -> None:
    """Leave out of every later collection what has been loaded by now; call it when a process has started.

    Modules, schemas and mapped classes make some 300,000 objects: walking them again and again took a seventh
    of the processor's time where many rows are made. A second call does nothing.
    """
    if gc.get_freeze_count():
        return
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
