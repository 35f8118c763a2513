"""What a Weights & Biases server knows of runs, and its answers to the client's GraphQL about them."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Variables = Mapping[str, Any]
WHEN = "2026-01-01T00:00:00Z"
ENTITY = "me"


def node_id(*parts: object) -> str:
    return base64.b64encode(":".join(map(str, parts)).encode()).decode()


@dataclass
class Run:
    """A run as the client has described it; `history` is by line number, as the file stream sends it."""

    project: str
    name: str
    about: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    history: dict[int, dict[str, Any]] = field(default_factory=dict)
    state: str = "running"
    streamed_lines: int = 0


class RunAnswers:
    """The server's runs, and a method `on_<operation>` for each operation on them."""

    def __init__(self) -> None:
        self.url = ""
        self.runs: dict[tuple[str, str], Run] = {}
        self.lies: dict[str, Any] = {}  # summary values that are told instead of the stored ones

    def run(self, project: str, name: str) -> Run:
        return self.runs.setdefault((project, name), Run(project, name))

    # Who is asking, and what the server can do

    def on_Viewer(self, _: Variables) -> dict[str, Any]:  # noqa: N802  # operations are called so
        viewer = {"id": node_id("User", ENTITY), "entity": ENTITY, "username": ENTITY, "name": ENTITY}
        teams: dict[str, Any] = {"edges": []}
        return {"viewer": {**viewer, "email": "", "flags": "{}", "admin": False, "teams": teams}}

    on_GetDefaultEntity = on_Viewer  # noqa: N815  # operations are called so

    def on_ServerFeaturesQuery(self, _: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        return {"serverInfo": {"features": []}}

    # Runs

    def on_UpsertBucket(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        key = variables["project"], variables["name"]
        inserted = key not in self.runs
        run = self.run(*key)
        run.config |= json.loads(variables.get("config") or "{}")
        run.summary |= json.loads(variables.get("summaryMetrics") or "{}")
        run.about |= {name: value for name, value in variables.items() if value is not None}
        return {"upsertBucket": {"bucket": self._bucket(run), "inserted": inserted}}

    def on_RunResumeStatus(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        run = self.runs.get((variables["project"], variables["name"]))
        project = self.project_node(variables["project"])
        if run is None:
            return {"model": {**project, "bucket": None}}
        tail = [json.dumps(run.history[max(run.history)])] if run.history else []
        resume = {
            **self._bucket(run),
            "summaryMetrics": json.dumps(run.summary),
            "logLineCount": 0,
            "eventsLineCount": 0,
            "historyTail": json.dumps(tail),
            "eventsTail": "[]",
            "tags": run.about.get("tags") or [],
            "notes": None,
            "wandbConfig": json.dumps(run.config.get("_wandb", {}).get("value", {})),
        }
        return {"model": {**project, "bucket": resume}}

    def on_CreateRunFiles(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        folder = f"{self.url}/storage/run/{variables['project']}/{variables['run']}"
        files = [{"name": name, "uploadUrl": f"{folder}/{name}"} for name in variables["files"]]
        created = {"runID": node_id("Run", variables["run"]), "uploadHeaders": [], "files": files}
        return {"createRunFiles": created}

    def on_Runs(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        found = [run for run in self.runs.values() if run.project == variables["project"]]
        if not found:
            return {"project": None}
        wanted = json.loads(variables.get("filters") or "{}")
        if "jobType" in wanted:
            found = [run for run in found if run.about.get("jobType") == wanted["jobType"]]
        elif wanted:
            raise ValueError(f"this peer does not know the filter {wanted}")
        start = int(variables.get("cursor") or 0)
        page = found[start : start + int(variables["perPage"])]
        end = start + len(page)
        edges = [{"node": self._told(run), "cursor": str(end)} for run in page]
        more = {"endCursor": str(end), "hasNextPage": end < len(found)}
        runs = {"edges": edges, "pageInfo": more}
        return {"project": {"internalId": "1", "runCount": len(found), "readOnly": False, "runs": runs}}

    def project_node(self, name: str) -> dict[str, Any]:
        return {"id": node_id("Project", name), "name": name, "entity": {"id": ENTITY, "name": ENTITY}}

    def _bucket(self, run: Run) -> dict[str, Any]:
        return {
            "id": node_id("Run", run.project, run.name),
            "name": run.name,
            "displayName": run.about.get("displayName"),
            "description": None,
            "config": json.dumps(run.config),
            "sweepName": None,
            "project": self.project_node(run.project),
            "historyLineCount": len(run.history),
        }

    def _told(self, run: Run) -> dict[str, Any]:
        lies = {key: value for key, value in self.lies.items() if key in run.summary}
        return {
            **self._bucket(run),
            "projectId": 1,
            "tags": run.about.get("tags") or [],
            "state": run.state,
            "group": run.about.get("groupName"),
            "jobType": run.about.get("jobType"),
            "commit": None,
            "readOnly": False,
            "createdAt": WHEN,
            "heartbeatAt": WHEN,
            "notes": None,
            "systemMetrics": "{}",
            "summaryMetrics": json.dumps(run.summary | lies),
            "user": {"name": ENTITY, "username": ENTITY},
            "historyKeys": None,
        }
