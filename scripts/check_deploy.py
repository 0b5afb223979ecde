"""What the tools of check-deploy.sh cannot see: the description of the topics, kustomizations, and the Jenkinsfile.

Prints one line for each fault and exits with 1 when there is any.
"""

import pathlib
import sys
import warnings

import jsonschema
import referencing
import tree_sitter
import tree_sitter_groovy
import yaml
from referencing.jsonschema import DRAFT202012

with warnings.catch_warnings():
    # Its models have a field named like one of pydantic's.
    warnings.simplefilter("ignore")
    import asyncapi3

Path = pathlib.Path


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file)


class Topics:
    """docs/asyncapi.yaml, with docs/openapi.yaml that it refers to."""

    path = "docs/asyncapi.yaml"

    def __init__(self):
        self.document = load(self.path)
        resources = [(Path(path).name, referencing.Resource(load(path), DRAFT202012))
                     for path in (self.path, "docs/openapi.yaml")]
        self.registry = referencing.Registry().with_resources(resources)
        self.resolver = self.registry.resolver(Path(self.path).name)

    def faults(self):
        try:
            asyncapi3.AsyncAPI3.model_validate(self.document)
        except ValueError as error:
            yield f"{self.path}: {error}"
        broken = list(self.broken_references(self.document))
        yield from broken
        if not broken:
            yield from self.wrong_examples()

    def wrong_examples(self):
        messages = self.document["components"]["messages"]
        for name, message in messages.items():
            for number, example in enumerate(message.get("examples", [])):
                for part in ("headers", "payload"):
                    if part in example:
                        where = f"{self.path}: example {number + 1} of {name}"
                        yield from self.mismatches(message.get(part, False), example[part], where)

    def broken_references(self, node):
        if isinstance(node, dict):
            target = node.get("$ref")
            if isinstance(target, str):
                try:
                    self.resolver.lookup(target)
                except referencing.exceptions.Unresolvable:
                    yield f"{self.path}: {target} leads nowhere"
            node = list(node.values())
        if isinstance(node, list):
            for child in node:
                yield from self.broken_references(child)

    def mismatches(self, schema, value, where):
        """What of `value` breaks `schema`, one sentence each."""
        # References are resolved against the whole document.
        wrapped = {"$id": Path(self.path).name, **self.document, "allOf": [schema]}
        validator = jsonschema.Draft202012Validator(wrapped, registry=self.registry)
        for error in validator.iter_errors(value):
            yield f"{where}: {error.json_path}: {error.message[:200]}"


def kustomization_faults():
    """Files that a kustomization names and that are not there, and files that none names."""
    for path in sorted(Path("deploy/kubernetes").glob("*/kustomization.yaml")):
        named = {(path.parent / resource).resolve() for resource in load(path)["resources"]}
        there = {file.resolve() for file in path.parent.glob("*.yaml")} - {path.resolve()}
        for missing in sorted(file for file in named if not file.exists()):
            yield f"{path}: {missing.name} is not there"
        for forgotten in sorted(there - named):
            yield f"{path}: {forgotten.name} is not named"


def groovy_faults(path):
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language()))
    nodes = [parser.parse(Path(path).read_bytes()).root_node]
    while nodes:
        node = nodes.pop()
        if node.is_error or node.is_missing:
            yield f"{path}:{node.start_point.row + 1}: not Groovy"
        nodes += node.children


def main():
    faults = [*Topics().faults(), *kustomization_faults(), *groovy_faults("Jenkinsfile")]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
