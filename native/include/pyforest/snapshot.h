// The state of an execution as bytes, and its move to another program.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pyforest/state.h"

namespace pyforest {

inline constexpr std::uint8_t kSnapshotFormat = 1;

/// What a class leaf saved of itself, by node.
using SavedLeaves = std::vector<std::pair<std::uint32_t, Value>>;

/// The whole state, between two ticks. docs/reference/formats.md has the layout.
std::string write_snapshot(const State& state, const SavedLeaves& leaves);

/// Rebuild a state; `leaves` receives what class leaves had saved.
///
/// Throws DecodeError for bytes of another program, a newer format, a changed or missing byte, or
/// a state that no tick of this program could have left.
std::unique_ptr<State> read_snapshot(std::shared_ptr<const Program> program, std::string_view bytes,
                                     SavedLeaves& leaves);

/// What a move to another program kept and what it could not.
struct ReloadReport {
  std::vector<std::string> kept;           ///< nodes that keep their state
  std::vector<std::string> reset;          ///< nodes that start anew
  std::vector<std::string> removed;        ///< nodes that the new program lacks
  std::vector<std::uint32_t> interrupted;  ///< RUNNING leaves of the old program that were lost
  std::vector<std::pair<std::string, std::string>> lost_keys;  ///< key and why
  std::vector<std::pair<std::uint32_t, std::uint32_t>> moved;  ///< old and new index of kept nodes
};

/// The state of `old` carried over to `next`: nodes of equal id and type keep theirs.
std::unique_ptr<State> reload_state(const State& old, std::shared_ptr<const Program> next,
                                    bool keep_blackboard, ReloadReport& report);

/// Whether a tick may start from this state: every remembered child exists, nothing runs below a
/// node that does not. Returns an empty string or what is wrong.
std::string check_state(const State& state);

}  // namespace pyforest
