// The record of a tick: what went in, what was visited, what changed. docs/reference/formats.md
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pyforest/tick.h"

namespace pyforest {

inline constexpr std::uint8_t kRecordFormat = 1;

enum class EntryKind : std::uint8_t { kTick = 1, kHalt = 2, kReload = 3 };

/// Append the entry of a tick that `trace` holds. Call after `tick`, before the next one.
void write_tick(const State& state, const Inputs& inputs, const TickTrace& trace, std::string& out);

/// Append the entry of a halt.
void write_halt(const State& state, const TickTrace& trace, std::string& out);

/// A decoded entry; keys are slots or names, nodes are indexes of the program that wrote it.
struct Entry {
  EntryKind kind{};
  std::uint64_t tick = 0;  ///< 1 for the first
  std::int64_t now = 0;
  Status root{};
  Inputs inputs;
  std::vector<std::uint32_t> dropped;
  std::vector<Answer> answers;
  std::vector<Run> visited;
  std::vector<StatusAt> passing;
  std::vector<StatusAt> changed;
  std::vector<KeyedValue> written;  ///< missing value = removed
  std::vector<LeafFailure> failures;
  std::vector<std::uint64_t> cancelled;
};

/// Decode an entry written for a program of `nodes` nodes and `slots` slots.
///
/// Throws DecodeError for anything else.
Entry read_entry(std::string_view bytes, std::size_t nodes, std::size_t slots);

/// Check that a tick may be replayed from the entry's inputs and answers. Throws DecodeError.
void check_entry(const Program& program, Entry& entry);

}  // namespace pyforest
