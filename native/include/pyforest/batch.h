// One program over a table of inputs: the engine of back-tests.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "pyforest/arrow.h"
#include "pyforest/leaf_host.h"
#include "pyforest/program.h"

namespace pyforest {

struct BatchOptions {
  std::vector<std::string> outputs;  ///< keys that become columns
  std::int64_t now = 0;              ///< time of every tick, nanoseconds
  std::uint64_t seed = 0;            ///< row i runs with seed + i
  std::uint32_t max_ticks = 100;     ///< a row still RUNNING after these stays RUNNING
  unsigned threads = 1;
  LeafHost* host = nullptr;                   ///< for programs that call outside; then one thread
  std::atomic<std::int64_t>* done = nullptr;  ///< rows done so far, for a progress bar
  const std::atomic<bool>* stop = nullptr;    ///< set to end early
};

/// Decide every row from a fresh start: the columns that the program has keys for go in, all
/// columns come out again with `status` and the outputs beside them.
///
/// A null cell leaves its key at the schema's default. Throws std::invalid_argument naming row and
/// column for a value that does not fit its key, and for a column of a type that has no JSON value.
Table run_batch(const std::shared_ptr<const Program>& program, const Table& input,
                const BatchOptions& options);

}  // namespace pyforest
