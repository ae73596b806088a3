"""Who wants to hear of what: the tables [receivers.<name>] of troth.toml."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from troth.domain.notices import KINDS, Notice


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_Names = Annotated[list[str], BeforeValidator(_listed)]
_Kinds = Annotated[list[Literal["slipped", "at_risk", "recovered", "moved", "revoked"]], BeforeValidator(_listed)]


class Subscription(BaseModel):
    """A table `[receivers.<name>]`: a notice is told where it is of one in each of the lists; an empty list asks for nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    teams: _Names = Field(default=[], description="Only what these teams promised.")
    customers: _Names = Field(default=[], description="Only what was promised to these customers.")
    goals: _Names = Field(default=[], description="Only what serves these goals.")
    kinds: _Kinds = Field(default=[], description=f"Only notices of these kinds: {', '.join(KINDS)}.")

    def wants(self, notice: Notice) -> bool:
        """Whether a notice is to be told."""
        asked = ((self.teams, notice.team), (self.customers, notice.customer), (self.goals, notice.goal), (self.kinds, notice.kind))
        return all(not names or said in names for names, said in asked)
