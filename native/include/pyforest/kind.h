// The node types the engine knows, numbered for programs and records.
#pragma once

#include <cstdint>
#include <string_view>

namespace pyforest {

// clang-format off
#define PYFOREST_KINDS(X)                                                                        \
  X(Sequence) X(Selector) X(ReactiveSequence) X(ReactiveFallback) X(Parallel) X(IfThenElse)      \
  X(WhileDoElse) X(Switch) X(RandomSelector) X(RandomSequence) X(UtilitySelector) X(SubTree)     \
  X(Inverter) X(ForceSuccess) X(ForceFailure) X(RunningIsFailure) X(RunningIsSuccess)            \
  X(FailureIsSuccess) X(FailureIsRunning) X(SuccessIsFailure) X(SuccessIsRunning) X(Retry)       \
  X(Repeat) X(Timeout) X(Delay) X(Cooldown) X(RateLimit) X(OneShot) X(Guard)                     \
  X(KeepRunningUntilFailure) X(ForEach) X(Count) X(StatusToBlackboard) X(Success) X(Failure)     \
  X(Running) X(Wait) X(Log) X(SetBlackboardVariable) X(UnsetBlackboardVariable)                  \
  X(CheckBlackboardCondition) X(WaitForBlackboardCondition) X(Condition) X(Script)               \
  X(Probability) X(StatusQueue) X(TickCounter) X(Placeholder) X(HumanDecision) X(External)       \
  X(DecisionTable) X(Action)
// clang-format on

/// A node type. New ones are added at the end: records and snapshots hold these numbers.
enum class NodeKind : std::uint8_t {
#define PYFOREST_KIND(name) k##name,
  PYFOREST_KINDS(PYFOREST_KIND)
#undef PYFOREST_KIND
      kCount_
};

inline constexpr std::uint8_t kNodeKinds = static_cast<std::uint8_t>(NodeKind::kCount_);

inline constexpr std::string_view kind_name(NodeKind kind) {
  constexpr std::string_view kNames[] = {
#define PYFOREST_KIND(name) #name,
      PYFOREST_KINDS(PYFOREST_KIND)
#undef PYFOREST_KIND
  };
  return kNames[static_cast<std::uint8_t>(kind)];
}

}  // namespace pyforest
