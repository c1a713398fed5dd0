"""Which of its names to show for something."""


def get_display_name(obj):
    """The title of a tool, resource, prompt or implementation, or else its name."""
    if obj.title is not None:
        return obj.title
    annotations = getattr(obj, "annotations", None)
    title = getattr(annotations, "title", None)
    return title if title is not None else obj.name
