"""What every model of the API is made of."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Something that was read; fields of a later release are kept as they came."""

    model_config = ConfigDict(
        extra="allow", frozen=True, populate_by_name=True, protected_namespaces=(), defer_build=True
    )
