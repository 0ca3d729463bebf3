"""Configurations with a queue on disk."""


def section(backend, **settings):
    """An exporter whose queue lives on disk."""
    queue = {"storage": "file_storage/queue", "batch": {"flush_timeout": "10ms"}, **settings.pop("sending_queue", {})}
    return backend.section(sending_queue=queue, **settings)


def storage(folder, **settings):
    """What goes with it: the folder that the queue lives in, made if need be."""
    folder.mkdir(exist_ok=True)
    return {
        "extensions": {"file_storage/queue": {"directory": str(folder), **settings}},
        "service": {"extensions": ["file_storage/queue"]},
    }
