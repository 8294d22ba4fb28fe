"""Runs a prediction graph along a plan that is made once, instead of building a dask graph for every prediction.

Rasa's `DaskGraphRunner` searches the smallest graph and hands it to dask's scheduler for each message and each
predicted
action: about a millisecond a run. The graph never changes after loading, so the order of its nodes is kept.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

Plan = list[tuple[str, GraphNode, tuple[str, ...]]]
"""Node name, node, and the names of the nodes and inputs that it needs; each node after those that it needs."""


class PlannedGraphRunner(GraphRunner):
    """A `GraphRunner` that runs the nodes of a target in a fixed order."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        """Keeps the schema and its instantiated nodes."""
        self._schema = schema
        self._nodes = nodes
        self._plans: dict[tuple[str, ...], Plan] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> PlannedGraphRunner:
        """Creates the runner and loads all components (see parent class)."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def components(self) -> list[object]:
        """The loaded components, in no order."""
        return [node._component for node in self._nodes.values()]

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Runs what the targets need (see parent class).

        Args:
            inputs: Placeholder name to value.
            targets: Names of the nodes whose output is wanted.

        Returns:
            Target name to output.

        Raises:
            GraphRunError: A node needs something that is neither a node nor an input.
        """
        wanted = tuple(targets or self._schema.target_names)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._plan(wanted, set(inputs or ()))
        outputs: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in plan:
            outputs[name] = node(*[outputs[need] for need in needs])
        return {name: outputs[name][1] for name in wanted}

    def _plan(self, targets: tuple[str, ...], inputs: set[str]) -> Plan:
        plan: Plan = []
        planned = set(inputs)

        def add(name: str) -> None:
            if name in planned:
                return
            if name not in self._nodes:
                raise GraphRunError(f"nothing provides '{name}', which the graph needs")
            planned.add(name)
            needs = tuple(dict.fromkeys(self._schema.nodes[name].needs.values()))
            for need in needs:
                add(need)
            plan.append((name, self._nodes[name], needs))

        for target in targets:
            add(target)
        return plan
