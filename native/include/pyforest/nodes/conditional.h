#pragma once

#include "pyforest/program.h"

namespace pyforest {

/// IfThenElse (2 or 3 children): decide once, then stay with the branch.
///   condition RUNNING -> RUNNING
///   condition SUCCESS -> the second child's answer
///   otherwise         -> the third child's answer, FAILURE without one
/// Source: BehaviorTree.CPP 4.10 IfThenElse; docs/concepts/composites.md
template <class Tick>
Status tick_if_then_else(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& branch = t.memory(node)[0];
  if (t.status(index) != Status::kRunning) {
    t.reset_children(index, node);
    branch = 0;
  }
  if (branch == 0) {
    const std::uint32_t condition = index + 1;
    const Status answer = t.child(condition);
    if (answer == Status::kRunning) return answer;
    const std::uint32_t then = t.node(condition).end;
    const std::uint32_t otherwise = t.node(then).end;
    if (answer == Status::kSuccess) {
      branch = then;
    } else if (otherwise < node.end) {
      branch = otherwise;
    } else {
      return Status::kFailure;
    }
  }
  return t.child(static_cast<std::uint32_t>(branch));
}

/// WhileDoElse (2 or 3 children): re-check the condition every tick.
///   condition RUNNING -> RUNNING, the branches untouched
///   condition SUCCESS -> interrupt the third child, the second child's answer
///   otherwise         -> interrupt the second child, the third child's answer, FAILURE without one
/// Source: BehaviorTree.CPP 4.10 WhileDoElse; docs/concepts/composites.md
template <class Tick>
Status tick_while_do_else(Tick& t, std::uint32_t index, const Node& node) {
  if (t.status(index) != Status::kRunning) t.reset_children(index, node);
  const std::uint32_t condition = index + 1;
  const Status answer = t.child(condition);
  if (answer == Status::kRunning) return answer;
  const std::uint32_t then = t.node(condition).end;
  const std::uint32_t otherwise = t.node(then).end;
  if (answer == Status::kSuccess) {
    t.halt_range(otherwise, node.end);
    return t.child(then);
  }
  t.halt_range(then, otherwise);
  return otherwise < node.end ? t.child(otherwise) : Status::kFailure;
}

/// Switch: tick the child whose case equals the value; the last child without a case is the
/// default.
///   the match changes -> the child that ran is interrupted, the new one is ticked
///   no match          -> FAILURE;  the value cannot be computed -> FAILURE with an error
/// Source: BehaviorTree.CPP 4.10 Switch, any arity; docs/concepts/composites.md
template <class Tick>
Status tick_switch(Tick& t, std::uint32_t index, const Node& node) {
  const SwitchConfig& config = t.program().switches[node.config];
  if (t.status(index) != Status::kRunning) t.reset_children(index, node);
  Value value;
  std::uint32_t match = kNone;
  if (t.evaluate(index, config.expression, value)) {
    for (std::size_t i = 0; i < config.cases.size() && match == kNone; ++i) {
      if (values_equal(value, config.cases[i])) match = config.children[i];
    }
    if (match == kNone && config.children.size() > config.cases.size()) {
      match = config.children.back();
    }
  }
  if (match == kNone) {
    t.halt_range(index + 1, node.end);
    return Status::kFailure;
  }
  t.halt_range(index + 1, match);
  t.halt_range(t.node(match).end, node.end);
  return t.child(match);
}

}  // namespace pyforest
