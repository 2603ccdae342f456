// What the engine asks of whoever runs its outside leaves.
#pragma once

#include <cstdint>

#include "pyforest/state.h"

namespace pyforest {

/// Runs the leaves of mode kCall. The engine knows neither Python nor threads; a binding, a
/// replay or a test stands behind this.
class LeafHost {
 public:
  virtual ~LeafHost() = default;

  /// Run the leaf once and say how it went in `answer` (its node and activation are set).
  ///
  /// `starts` is true when the leaf begins a new activation. Must not throw; a leaf that failed
  /// by an error answers FAILURE with `answer.error` set, one without a known answer INVALID.
  virtual void call(State& state, std::uint32_t node, bool starts, Answer& answer) = 0;

  /// The leaf was RUNNING and is interrupted.
  virtual void halted(State& state, std::uint32_t node) = 0;
};

}  // namespace pyforest
