"""`init_chat_model`: a chat model by its name, such as "openai:gpt-4.1"."""


def init_chat_model(model=None, *, model_provider=None, **kwargs):
    """The model; providers other than OpenAI-compatible endpoints are not there."""
    if model_provider is None:
        provider, colon, name = model.partition(":")
        if colon and provider == "openai":
            model_provider, model = provider, name
        elif model.startswith(("gpt-", "o1", "o3", "chatgpt")):
            model_provider = "openai"
        else:
            raise ValueError(
                f"Unable to infer model provider for model={model!r}. Please specify 'model_provider' directly.\n\n"
                "Supported providers: openai"
            )
    if model_provider != "openai":
        raise NotImplementedError(f"models of the provider {model_provider!r}")
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model, **kwargs)
