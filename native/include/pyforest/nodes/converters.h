/// The decorators that answer with their child's status translated, tick by tick.
///   Inverter          SUCCESS <-> FAILURE
///   ForceSuccess      FAILURE -> SUCCESS        ForceFailure      SUCCESS -> FAILURE
///   FailureIsSuccess  FAILURE -> SUCCESS        SuccessIsFailure  SUCCESS -> FAILURE
///   FailureIsRunning  FAILURE -> RUNNING        SuccessIsRunning  SUCCESS -> RUNNING
///   RunningIsSuccess  RUNNING -> SUCCESS        RunningIsFailure  RUNNING -> FAILURE
///   KeepRunningUntilFailure  SUCCESS -> RUNNING
/// Anything else passes, SKIPPED always. A child still RUNNING under an answer that is not is
/// interrupted, so it starts anew next tick.
/// Source: py_trees 2.6 decorators, BehaviorTree.CPP 4.10; docs/concepts/decorators.md
#pragma once

#include "pyforest/program.h"

namespace pyforest {

inline Status convert_status(NodeKind kind, Status answer) {
  switch (kind) {
    case NodeKind::kInverter:
      if (answer == Status::kSuccess) return Status::kFailure;
      if (answer == Status::kFailure) return Status::kSuccess;
      return answer;
    case NodeKind::kForceSuccess:
    case NodeKind::kFailureIsSuccess:
      return answer == Status::kFailure ? Status::kSuccess : answer;
    case NodeKind::kForceFailure:
    case NodeKind::kSuccessIsFailure:
      return answer == Status::kSuccess ? Status::kFailure : answer;
    case NodeKind::kFailureIsRunning:
      return answer == Status::kFailure ? Status::kRunning : answer;
    case NodeKind::kSuccessIsRunning:
    case NodeKind::kKeepRunningUntilFailure:
      return answer == Status::kSuccess ? Status::kRunning : answer;
    case NodeKind::kRunningIsSuccess:
      return answer == Status::kRunning ? Status::kSuccess : answer;
    case NodeKind::kRunningIsFailure:
      return answer == Status::kRunning ? Status::kFailure : answer;
    default:
      return answer;
  }
}

template <class Tick>
Status tick_converter(Tick& t, std::uint32_t index, const Node& node) {
  const Status answer = convert_status(node.kind, t.child(index + 1));
  if (answer != Status::kRunning && t.status(index + 1) == Status::kRunning) t.halt(index + 1);
  return answer;
}

}  // namespace pyforest
