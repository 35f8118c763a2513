"""What a Weights & Biases server knows of artifacts and reports, and its answers about them."""

from dataclasses import dataclass, field
from typing import Any

from .wandb_answers import ENTITY, WHEN, RunAnswers, Variables, node_id


@dataclass
class Artifact:
    collection: str
    type: str
    digest: str
    version: int
    project: str
    state: str = "PENDING"
    files: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        return node_id("Artifact", self.project, self.collection, self.version)


class Answers(RunAnswers):
    """The whole server: runs, the versions of an artifact, reports."""

    def __init__(self) -> None:
        super().__init__()
        self.artifacts: list[Artifact] = []
        self.views: dict[str, dict[str, Any]] = {}

    def answer(self, operation: str, variables: Variables) -> dict[str, Any] | None:
        method = getattr(self, f"on_{operation}", None)
        return None if method is None else method(variables)

    # Artifacts

    def on_ArtifactMembershipByName(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # operations are called so
        collection, _, alias = variables["name"].partition(":")
        versions = [
            each for each in self._versions(variables["project"], collection) if each.state != "PENDING"
        ]
        if alias != "latest":
            versions = [each for each in versions if alias == f"v{each.version}"]
        if not versions:
            return {"project": {"artifactCollectionMembership": None}}
        about = self._artifact_node(versions[-1])
        membership = {
            "__typename": "ArtifactCollectionMembership",
            "id": node_id("Membership", about["id"]),
            "versionIndex": about["versionIndex"],
            "createdAt": WHEN,
            "aliases": about["aliases"],
            "artifactCollection": about["artifactSequence"],
            "artifact": about,
        }
        return {"project": {"artifactCollectionMembership": membership}}

    def on_ArtifactType(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        versions = self._versions(variables["project"], variables["name"].partition(":")[0])
        kind = {"artifactType": {"name": versions[-1].type}} if versions else None
        return {"project": {"artifact": kind}}

    def on_CreateArtifact(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        wanted = variables["input"]
        collection, project = wanted["artifactCollectionName"], wanted["projectName"]
        before = self._versions(project, collection)
        artifact = Artifact(collection, wanted["artifactTypeName"], wanted["digest"], len(before), project)
        same = [each for each in before if each.digest == artifact.digest and each.state == "COMMITTED"]
        if same:
            artifact = same[-1]
        else:
            self.artifacts.append(artifact)
        latest = {"id": before[-1].id} if before else None
        node = {"id": artifact.id, "state": artifact.state, "artifactSequence": {"latestArtifact": latest}}
        return {"createArtifact": {"artifact": node}}

    def on_CreateArtifactManifest(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        address = f"{self.url}/storage/manifest/{variables['artifactID']}"
        file = {"id": node_id("File", address), "uploadUrl": address, "uploadHeaders": []}
        manifest = {"id": node_id("Manifest", variables["artifactID"]), "file": file}
        return {"createArtifactManifest": {"artifactManifest": manifest}}

    def on_CreateArtifactFiles(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        edges = []
        for spec in variables["input"]["artifactFiles"]:
            artifact = self._artifact(spec["artifactID"])
            artifact.files.append(spec["name"])
            path = f"{artifact.id}/{spec['name']}"
            node = {
                "id": node_id("File", path),
                "name": spec["name"],
                "displayName": spec["name"],
                "storagePath": path,
                "uploadUrl": f"{self.url}/storage/artifact/{path}",
                "uploadHeaders": [],
                "uploadMultipartUrls": None,
                "artifact": {"id": artifact.id},
            }
            edges.append({"node": node})
        return {"createArtifactFiles": {"files": {"edges": edges}}}

    def on_CommitArtifact(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        artifact = self._artifact(variables["artifactID"])
        artifact.state = "COMMITTED"
        return {"commitArtifact": {"artifact": {"id": artifact.id, "digest": artifact.digest}}}

    def on_ArtifactByID(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        return {"artifact": self._artifact_node(self._artifact(variables["id"]))}

    def _versions(self, project: str, collection: str) -> list[Artifact]:
        return [each for each in self.artifacts if (each.project, each.collection) == (project, collection)]

    def _artifact(self, identity: str) -> Artifact:
        (found,) = [each for each in self.artifacts if each.id == identity]
        return found

    def _artifact_node(self, artifact: Artifact) -> dict[str, Any]:
        sequence = {
            "__typename": "ArtifactSequence",
            "name": artifact.collection,
            "project": {**self.project_node(artifact.project), "internalId": "1"},
        }
        newest = self._versions(artifact.project, artifact.collection)[-1] is artifact
        alias = {"__typename": "ArtifactAlias", "id": "1", "alias": "latest", "artifactCollection": sequence}
        return {
            "__typename": "Artifact",
            "id": artifact.id,
            "artifactSequence": sequence,
            "versionIndex": artifact.version,
            "artifactType": {"name": artifact.type},
            "description": None,
            "metadata": None,
            "ttlDurationSeconds": -1,
            "ttlIsInherited": True,
            "tags": [],
            "historyStep": None,
            "state": artifact.state,
            "size": 1,
            "digest": artifact.digest,
            "commitHash": "",
            "fileCount": len(artifact.files),
            "createdAt": WHEN,
            "updatedAt": None,
            "aliases": [alias] if newest else [],
        }

    # Reports

    def on_ProjectViews(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        user = {"username": ENTITY, "photoUrl": "", "email": ""}
        views = [view for view in self.views.values() if view["project"]["name"] == variables["project"]]
        edges = [{"node": {**view, "user": user}, "cursor": view["id"]} for view in views]
        page = {"endCursor": None, "hasNextPage": False}
        return {"project": {"allViews": {"edges": edges, "pageInfo": page}}}

    def on_GetProjects(self, _: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        names = sorted({run.project for run in self.runs.values()})
        nodes = [
            {
                "__typename": "Project",
                "id": node_id("Project", name),
                "name": name,
                "entityName": ENTITY,
                "createdAt": WHEN,
                "isBenchmark": False,
                "user": None,
            }
            for name in names
        ]
        page = {"__typename": "PageInfo", "endCursor": None, "hasNextPage": False}
        return {"models": {"pageInfo": page, "edges": [{"node": node} for node in nodes]}}

    def on_ProjectInternalId(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        return {"project": {"id": "1", "internalId": node_id("Internal", variables["projectName"])}}

    def on_upsertView(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        identity = variables.get("id") or node_id("View", len(self.views)).rstrip("=")
        inserted = identity not in self.views
        self.views[identity] = {
            "id": identity,
            **{key: variables[key] for key in ("type", "name", "displayName", "description", "spec")},
            "project": {"id": "1", "name": variables["projectName"], "entityName": variables["entityName"]},
            "createdAt": WHEN,
            "updatedAt": WHEN,
        }
        return {"upsertView": {"view": self.views[identity], "inserted": inserted}}

    def on_SpecificReport(self, variables: Variables) -> dict[str, Any]:  # noqa: N802  # as above
        return {"view": self.views[variables["reportId"].rstrip("=")]}
