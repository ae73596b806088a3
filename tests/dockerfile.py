"""deploy/Dockerfile as the tests read and run it: its own steps, without an engine, under a scratch directory for a root."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
OURS = re.compile(r"(?<![\w.:])/(?=build\b|opt\b|data\b)")  # the absolute paths that the image adds to those of its base


class Step(NamedTuple):
    """One instruction: its name in capitals, and the rest of its line."""

    name: str
    said: str


def steps() -> list[Step]:
    """All instructions in order."""
    lines = DOCKERFILE.read_text("utf-8").replace("\\\n", " ").splitlines()
    return [Step(*line.split(maxsplit=1)) for line in lines if line.strip() and not line.startswith("#")]


def last(name: str) -> str:
    """What the last instruction of a name says: that of the image."""
    return [step.said for step in steps() if step.name == name][-1]


def entrypoint() -> list[str]:
    """The program and first arguments of every container."""
    found: list[str] = json.loads(last("ENTRYPOINT"))
    return found


@dataclass
class Scratch:
    """The stages of an image under a directory: `root` stands for / of the stage that is being made."""

    place: Path

    def __post_init__(self) -> None:
        self.root = self.place / "root"
        self._stages: dict[str, Path] = {}
        self._name = ""
        self._directory = "/"
        self.environment: dict[str, str] = {}

    def build(self) -> None:
        """Run all steps up to those that only say how a container is started."""
        for step in steps():
            {"FROM": self._from, "WORKDIR": self._workdir, "COPY": self._copy, "RUN": self._run, "ENV": self._env}.get(
                step.name, lambda _said: None
            )(step.said)

    def within(self, said: str) -> str:
        """A text with the image's own paths as those of the scratch directory."""
        return OURS.sub(f"{self.root}/", said)

    def at(self, path: str) -> Path:
        """The place of a path of the image, from its working directory where it is relative."""
        return self.root / (Path(self._directory) / path).relative_to("/")

    def _from(self, said: str) -> None:
        if self.root.exists():  # virtual environments hold their own path: the stage that is made is always at the same place
            self._stages[self._name] = self.root.rename(self.place / f"stage-{self._name}")
        self._name = said.partition(" AS ")[2]
        self.root.mkdir()
        self.environment, self._directory = {}, "/"

    def _workdir(self, said: str) -> None:
        self._directory = said
        self.at(said).mkdir(parents=True, exist_ok=True)

    def _copy(self, said: str) -> None:
        flags = dict(re.findall(r"--(\w+)=(\S+)", said))
        *sources, target = re.sub(r"--\S+ ", "", said).split()
        origin = self._stages[flags["from"]] if "from" in flags else ROOT
        into = self.at(target)
        for there in (each for source in sources for each in sorted(origin.glob(source.lstrip("/")))):
            if there.is_dir():
                shutil.copytree(there, into, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                into.mkdir(parents=True, exist_ok=True)
                shutil.copy(there, into)

    def _run(self, said: str) -> None:
        # The base image's `python` is this one.
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, **self.environment, "PATH": path}
        environment.pop("PYTHONPATH", None)
        done = subprocess.run(
            ["/bin/sh", "-c", self.within(said)], cwd=self.at("."), env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"RUN {said}\n{(done.stdout + done.stderr)[-4_000:]}"

    def _env(self, said: str) -> None:
        self.environment |= dict(pair.split("=", 1) for pair in self.within(said).split())
