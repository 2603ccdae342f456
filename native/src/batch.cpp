#include "pyforest/batch.h"

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <unordered_set>

#include "batch_columns.h"
#include "pyforest/state.h"
#include "pyforest/tick.h"

namespace pyforest {

namespace {

// Rows between two looks at the stop flag and two reports of progress.
constexpr std::int64_t kRowsAtOnce = 8'192;

// With their lengths: measuring a name again for each row shows.
constexpr std::array<std::string_view, kStatusCount> kStatusTexts{
    status_name(Status::kInvalid), status_name(Status::kRunning), status_name(Status::kSuccess),
    status_name(Status::kFailure), status_name(Status::kSkipped)};

/// A range of rows of one chunk, decided by one thread into one chunk of the result.
struct Task {
  const TableChunk* chunk = nullptr;
  std::int64_t first = 0;  ///< within the chunk
  std::int64_t rows = 0;
  std::int64_t row_number = 0;  ///< of `first` in the whole table
  TableChunk result;
};

struct OutputKey {
  std::int32_t slot;
  ColumnBuilder::Kind kind;
};

class Batch {
 public:
  Batch(const std::shared_ptr<const Program>& program, const Table& input,
        const BatchOptions& options)
      : program_(program), input_(input), options_(options) {
    std::unordered_set<std::string> taken;
    for (const ColumnType& type : input.types) {
      if (!taken.insert(type.name).second) {
        throw std::invalid_argument("two columns are called `" + type.name + "`");
      }
    }
    if (taken.contains("status")) {
      throw std::invalid_argument(
          "the table has a column `status`, which the result needs; rename it");
    }
    for (const std::string& key : options.outputs) {
      const std::int32_t slot = program->find_slot(key);
      if (slot < 0) throw std::invalid_argument("no node writes or reads the key `" + key + "`");
      if (taken.contains(key)) {
        throw std::invalid_argument("`" + key + "` comes out of the tree but is a column already");
      }
      outputs_.push_back(
          {slot, ColumnBuilder::kind_of(program->slots[static_cast<std::size_t>(slot)].type)});
    }
  }

  Table run() {
    split();
    const unsigned threads =
        options_.host != nullptr
            ? 1U
            : std::max(1U,
                       std::min<unsigned>(options_.threads, static_cast<unsigned>(tasks_.size())));
    if (threads <= 1) {
      for (Task& task : tasks_) decide(task);
    } else {
      run_threads(threads);
    }
    Table out;
    for (const ColumnType& type : input_.types) out.types.push_back(copy_type(type));
    ColumnType status;
    status.format = ColumnBuilder::format(ColumnBuilder::Kind::kText);
    status.name = "status";
    out.types.push_back(std::move(status));
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      ColumnType type;
      type.format = ColumnBuilder::format(outputs_[i].kind);
      type.name = options_.outputs[i];
      out.types.push_back(std::move(type));
    }
    for (Task& task : tasks_) out.chunks.push_back(std::move(task.result));
    return out;
  }

 private:
  void split() {
    std::int64_t total = 0;
    for (const TableChunk& chunk : input_.chunks) total += chunk.rows;
    const auto threads = static_cast<std::int64_t>(std::max(1U, options_.threads));
    // A few tasks a thread even out rows of unequal cost.
    const std::int64_t size =
        threads == 1 ? total : std::max(kRowsAtOnce, (total + 4 * threads - 1) / (4 * threads));
    std::int64_t row = 0;
    for (const TableChunk& chunk : input_.chunks) {
      for (std::int64_t first = 0; first < chunk.rows; first += size) {
        const std::int64_t rows = std::min(size, chunk.rows - first);
        tasks_.push_back({&chunk, first, rows, row + first, {}});
      }
      row += chunk.rows;
    }
  }

  void run_threads(unsigned threads) {
    std::atomic<std::size_t> next{0};
    std::vector<std::exception_ptr> failures(threads);
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) {
      workers.emplace_back([&, i] {
        try {
          for (std::size_t at = next++; at < tasks_.size() && !failed_; at = next++) {
            decide(tasks_[at]);
          }
        } catch (...) {
          failures[i] = std::current_exception();
          failed_ = true;
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    for (const std::exception_ptr& failure : failures) {
      if (failure) std::rethrow_exception(failure);
    }
  }

  void decide(Task& task) {
    const std::vector<ColumnReader> readers = readers_of(*task.chunk, task.row_number - task.first);
    std::vector<ColumnBuilder> columns;
    columns.emplace_back(ColumnBuilder::Kind::kText, task.rows);
    for (const OutputKey& output : outputs_) columns.emplace_back(output.kind, task.rows);
    State state(program_, options_.seed, false);
    TickTrace trace;
    const Inputs nothing;
    for (std::int64_t i = 0; i < task.rows; ++i) {
      if (i % kRowsAtOnce == 0 && i > 0 && !report(kRowsAtOnce)) return;
      const std::int64_t row = task.row_number + i;
      state.reset(options_.seed + static_cast<std::uint64_t>(row));
      state.now = options_.now;
      state.has_time = true;
      for (const ColumnReader& reader : readers) {
        Value value;
        reader.read(task.first + i, value);
        if (!value.is_missing()) state.slots()[reader.slot()] = std::move(value);
      }
      Status answer = Status::kRunning;
      for (std::uint32_t tick = 0; tick < options_.max_ticks && answer == Status::kRunning;
           ++tick) {
        answer = tick_once(state, nothing, trace);
      }
      columns[0].append_text(kStatusTexts[static_cast<std::uint8_t>(answer)]);
      for (std::size_t k = 0; k < outputs_.size(); ++k) {
        columns[k + 1].append(state.slots()[outputs_[k].slot]);
      }
    }
    report(task.rows % kRowsAtOnce == 0 && task.rows > 0 ? kRowsAtOnce : task.rows % kRowsAtOnce);
    finish(task, columns);
  }

  Status tick_once(State& state, const Inputs& nothing, TickTrace& trace) {
    if (options_.host == nullptr) {
      // Failures and logs of a million rows are nobody's reading: the status tells.
      if (!trace.failures.empty()) trace.failures.clear();
      if (!trace.logs.empty()) trace.logs.clear();
      return tick_bare(state, trace);
    }
    trace.clear();
    Inputs inputs = nothing;
    inputs.now = options_.now;
    return tick(state, inputs, options_.host, trace);
  }

  bool report(std::int64_t rows) {
    if (options_.done != nullptr) options_.done->fetch_add(rows, std::memory_order_relaxed);
    return options_.stop == nullptr || !options_.stop->load(std::memory_order_relaxed);
  }

  std::vector<ColumnReader> readers_of(const TableChunk& chunk, std::int64_t first_row) const {
    std::vector<ColumnReader> out;
    for (std::size_t i = 0; i < input_.types.size(); ++i) {
      const std::int32_t slot = program_->find_slot(input_.types[i].name);
      if (slot < 0) continue;
      out.emplace_back(input_.types[i], chunk.columns[i], slot,
                       program_->slots[static_cast<std::size_t>(slot)], first_row);
    }
    return out;
  }

  void finish(Task& task, std::vector<ColumnBuilder>& columns) const {
    task.result.rows = task.rows;
    for (const Column& column : task.chunk->columns) {
      Column part = share_column(column);
      if (task.rows != column.length) part.null_count = -1;
      part.offset += task.first;
      part.length = task.rows;
      task.result.columns.push_back(std::move(part));
    }
    for (ColumnBuilder& column : columns) task.result.columns.push_back(column.finish());
  }

  const std::shared_ptr<const Program>& program_;
  const Table& input_;
  const BatchOptions& options_;
  std::vector<OutputKey> outputs_;
  std::vector<Task> tasks_;
  std::atomic<bool> failed_{false};
};

}  // namespace

Table run_batch(const std::shared_ptr<const Program>& program, const Table& input,
                const BatchOptions& options) {
  return Batch(program, input, options).run();
}

}  // namespace pyforest
