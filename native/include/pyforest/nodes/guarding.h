#pragma once

#include "pyforest/program.h"

namespace pyforest {

/// OneShot: run the child to completion once, then answer the same for ever.
///   OnCompletion: SUCCESS or FAILURE is kept;  OnSuccessfulCompletion: only SUCCESS is
///   kept answer -> that, the child is not ticked;  otherwise the child's answer
/// Survives resets and interruptions. Cells: the kept status. A flag says "any completion".
/// Source: py_trees 2.6 OneShot; docs/concepts/decorators.md
template <class Tick>
Status tick_one_shot(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& kept = t.memory(node)[0];
  if (kept != 0) return static_cast<Status>(kept);
  const Status answer = t.child(index + 1);
  const bool keeps =
      answer == Status::kSuccess || (answer == Status::kFailure && (node.flags & kMemoryFlag) != 0);
  if (keeps) kept = static_cast<std::int64_t>(answer);
  return answer;
}

/// Guard and CheckBlackboardCondition with a child: the child runs only while the condition holds.
///   abort self: checked before every tick; not true -> FAILURE, a RUNNING child is interrupted
///   abort none: checked at the start only
///   condition true -> the child's answer;  cannot be computed -> FAILURE with an error
/// Source: py_trees 2.6 EternalGuard; docs/concepts/decorators.md
template <class Tick>
Status tick_guard(Tick& t, std::uint32_t index, const Node& node) {
  const bool checks = t.status(index) != Status::kRunning || (node.flags & kAbortSelf) != 0;
  if (checks && !t.holds(index, node)) {
    if (t.status(index + 1) == Status::kRunning) t.halt(index + 1);
    return Status::kFailure;
  }
  return t.child(index + 1);
}

/// Count: the child's answer, counted: ticks, RUNNING, SUCCESS, FAILURE, interruptions.
/// With a `variable` the counts are written there as an object after each tick.
/// Source: py_trees 2.6 Count; docs/concepts/decorators.md
template <class Tick>
Status tick_count(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t* cells = t.memory(node);
  const Status answer = t.child(index + 1);
  ++cells[0];
  if (answer >= Status::kRunning && answer <= Status::kFailure) {
    ++cells[static_cast<std::size_t>(answer)];
  }
  if (node.slot >= 0) {
    constexpr const char* kNames[] = {"ticks", "running", "success", "failure", "interrupted"};
    std::vector<std::pair<Value, Value>> counts;
    for (std::size_t i = 0; i < 5; ++i) {
      counts.emplace_back(Value::string(kNames[i]), Value::integer(cells[i]));
    }
    if (!t.write(index, node.slot, Value::object(std::move(counts)))) {
      if (t.status(index + 1) == Status::kRunning) t.halt(index + 1);
      return Status::kFailure;
    }
  }
  return answer;
}

/// StatusToBlackboard: the child's answer, its name written to `variable`.
/// Source: py_trees 2.6 StatusToBlackboard; docs/concepts/decorators.md
template <class Tick>
Status tick_status_to_blackboard(Tick& t, std::uint32_t index, const Node& node) {
  const Status answer = t.child(index + 1);
  if (!t.write(index, node.slot, Value::string(status_name(answer)))) {
    if (t.status(index + 1) == Status::kRunning) t.halt(index + 1);
    return Status::kFailure;
  }
  return answer;
}

}  // namespace pyforest
