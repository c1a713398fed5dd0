# Models as programs write them: fields with limits, checks of their own, nested models, schemas.
from datetime import datetime
from typing import Annotated, Literal, Optional

from pydantic import (
    AnyUrl, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model, field_validator, model_validator,
)


def show(make):
    try:
        print(make())
    except (ValidationError, ValueError, TypeError) as error:
        print(type(error).__name__, error)


class Person(BaseModel):
    """Someone"""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=2, description="The name")
    age: int = Field(default=3, ge=0, le=150)
    tags: list[str] = []
    born: Optional[datetime] = None

    @field_validator("name")
    @classmethod
    def capitalize(cls, value):
        if value == "bad":
            raise ValueError("no such name")
        return value.title()

    @field_validator("tags", mode="before")
    @classmethod
    def split(cls, value):
        return value.split(",") if isinstance(value, str) else value

    @model_validator(mode="after")
    def check(self):
        assert self.age != 7, "not seven"
        return self


class Node(BaseModel):
    kind: Literal["x", "y"] = "x"
    even: Annotated[int, Field(gt=3, multiple_of=2)] = 4
    inner: Optional["Node"] = None
    people: list[Person] = Field(default_factory=list, max_length=1)

    @model_validator(mode="before")
    @classmethod
    def prepare(cls, data):
        return {key: value for key, value in data.items() if key != "ignored"}


for values in ({"name": "ab", "tags": "q,r"}, {"name": "bad"}, {"name": "a"}, {"name": "ab", "age": -1}, {"other": 1},
               {"name": "ab", "age": 7}, {"name": "ab", "born": "2020-01-02T03:04:05"}):
    show(lambda: repr(Person(**values)))
show(lambda: Node(ignored=1, inner={"kind": "y"}, people=[{"name": "cd"}]))
show(lambda: Node(kind="z", even=5, inner={"even": 2}, people=[{"name": "ab", "age": -2}]))
show(lambda: Node(people=[Person(name="ab")] * 2))
show(lambda: Person.model_json_schema())
show(lambda: Node(people=[{"name": "ab"}]).model_dump(exclude={"inner"}, exclude_unset=True))
show(lambda: Person(name="ab", born="2020-01-02T03:04:05").model_dump_json())
show(lambda: Person.model_validate_json('{"name": "qq", "age": "5"}'))
show(lambda: TypeAdapter(dict[str, int]).validate_json('{"a": "x"}'))
show(lambda: create_model("Made", x=(int, ...), y=(str, "d"))(x="4"))
show(lambda: repr(AnyUrl("https://example.org")))
show(lambda: create_model("Page", url=(AnyUrl, ...))(url="nothing"))
show(lambda: hash(Node()))
