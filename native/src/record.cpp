#include "pyforest/record.h"

#include "pyforest/codec.h"

namespace pyforest {

namespace {

// Most ticks have few of these parts; a bit says which are there.
enum Part : std::uint32_t {
  kUpdates = 1U << 0U,
  kResults = 1U << 1U,
  kOverrides = 1U << 2U,
  kAnswers = 1U << 3U,
  kPassing = 1U << 4U,
  kChanged = 1U << 5U,
  kWritten = 1U << 6U,
  kFailures = 1U << 7U,
  kCancelled = 1U << 8U,
  kDropped = 1U << 9U,
};

void write_keyed(ByteWriter& w, std::int32_t slot, std::string_view name, const Value& value) {
  if (slot >= 0) {
    w.varint(static_cast<std::uint64_t>(slot) + 1);
  } else {
    w.varint(0);
    w.text(name);
  }
  w.value(value);
}

void write_answer(ByteWriter& w, const Answer& answer) {
  w.varint(answer.node);
  w.varint(static_cast<std::uint64_t>(answer.activation));
  const bool has_error = !answer.error.empty();
  const bool has_feedback = !answer.feedback.empty();
  w.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(answer.status) |
                                   (has_error ? 0x10U : 0U) | (has_feedback ? 0x20U : 0U) |
                                   (answer.decided ? 0x40U : 0U)));
  w.varint(answer.writes.size());
  for (const KeyedValue& write : answer.writes) write_keyed(w, write.slot, write.name, write.value);
  if (has_error) w.text(answer.error);
  if (has_feedback) w.text(answer.feedback);
  if (answer.decided) w.value(answer.decision);
}

void write_statuses(ByteWriter& w, const std::vector<StatusAt>& statuses) {
  w.varint(statuses.size());
  std::uint32_t last = 0;
  for (const StatusAt& entry : statuses) {
    w.zigzag(static_cast<std::int64_t>(entry.node) - last);
    last = entry.node;
  }
  // Two statuses a byte, after the indexes: each kind of byte compresses best among its own.
  for (std::size_t i = 0; i < statuses.size(); i += 2) {
    const auto low = static_cast<std::uint8_t>(statuses[i].status);
    const auto high =
        i + 1 < statuses.size() ? static_cast<std::uint8_t>(statuses[i + 1].status) : 0U;
    w.byte(static_cast<std::uint8_t>(low | (high << 4U)));
  }
}

}  // namespace

void write_tick(const State& state, const Inputs& inputs, const TickTrace& trace,
                std::string& out) {
  ByteWriter w(out);
  const std::uint32_t parts =
      (inputs.updates.empty() ? 0U : kUpdates) | (inputs.results.empty() ? 0U : kResults) |
      (inputs.overrides.empty() ? 0U : kOverrides) | (trace.answers.empty() ? 0U : kAnswers) |
      (trace.passing.empty() ? 0U : kPassing) | (trace.changed.empty() ? 0U : kChanged) |
      (trace.written.empty() && trace.written_unknown.empty() ? 0U : kWritten) |
      (trace.failures.empty() ? 0U : kFailures) | (trace.cancelled.empty() ? 0U : kCancelled) |
      (trace.dropped.empty() ? 0U : kDropped);
  w.byte(static_cast<std::uint8_t>(kRecordFormat << 4U) |
         static_cast<std::uint8_t>(EntryKind::kTick));
  w.varint(parts);
  w.varint(state.ticks);
  w.fixed64(static_cast<std::uint64_t>(inputs.now));
  w.byte(static_cast<std::uint8_t>(state.root));
  if ((parts & kUpdates) != 0) {
    w.varint(inputs.updates.size());
    for (const auto& update : inputs.updates)
      write_keyed(w, update.slot, update.name, update.value);
  }
  if ((parts & kResults) != 0) {
    w.varint(inputs.results.size());
    for (const Answer& result : inputs.results) write_answer(w, result);
  }
  if ((parts & kOverrides) != 0) {
    w.varint(inputs.overrides.size());
    for (const Override& forced : inputs.overrides) {
      w.varint(forced.node);
      w.byte(static_cast<std::uint8_t>(forced.status));
    }
  }
  if ((parts & kAnswers) != 0) {
    w.varint(trace.answers.size());
    for (const Answer& answer : trace.answers) write_answer(w, answer);
  }
  w.varint(trace.visited.size());
  std::uint32_t last = 0;
  for (const Run& run : trace.visited) {
    w.zigzag(static_cast<std::int64_t>(run.first) - last);
    w.varint(run.length);
    last = run.first + run.length;
  }
  if ((parts & kPassing) != 0) write_statuses(w, trace.passing);
  if ((parts & kChanged) != 0) write_statuses(w, trace.changed);
  if ((parts & kWritten) != 0) {
    w.varint(trace.written.size() + trace.written_unknown.size());
    for (const auto& [slot, before] : trace.written) write_keyed(w, slot, {}, state.slots()[slot]);
    for (const auto& [name, before] : trace.written_unknown) {
      const Value* now = read_key(state, name);
      write_keyed(w, -1, name, now == nullptr ? Value() : *now);
    }
  }
  if ((parts & kFailures) != 0) {
    w.varint(trace.failures.size());
    for (const LeafFailure& failure : trace.failures) {
      w.varint(failure.node);
      w.byte(static_cast<std::uint8_t>(failure.kind));
      w.text(failure.message);
    }
  }
  if ((parts & kCancelled) != 0) {
    w.varint(trace.cancelled.size());
    for (std::uint64_t run : trace.cancelled) w.varint(run);
  }
  if ((parts & kDropped) != 0) {
    w.varint(trace.dropped.size());
    for (std::uint32_t index : trace.dropped) w.varint(index);
  }
}

void write_halt(const State& state, const TickTrace& trace, std::string& out) {
  ByteWriter w(out);
  const std::uint32_t parts =
      (trace.changed.empty() ? 0U : kChanged) | (trace.cancelled.empty() ? 0U : kCancelled);
  w.byte(static_cast<std::uint8_t>(kRecordFormat << 4U) |
         static_cast<std::uint8_t>(EntryKind::kHalt));
  w.varint(parts);
  w.varint(state.ticks);
  w.fixed64(static_cast<std::uint64_t>(state.now));
  w.byte(static_cast<std::uint8_t>(state.root));
  w.varint(0);
  if ((parts & kChanged) != 0) write_statuses(w, trace.changed);
  if ((parts & kCancelled) != 0) {
    w.varint(trace.cancelled.size());
    for (std::uint64_t run : trace.cancelled) w.varint(run);
  }
}

namespace {

class EntryReader {
 public:
  EntryReader(std::string_view bytes, std::size_t nodes, std::size_t slots)
      : r_(bytes), nodes_(nodes), slots_(slots) {}

  Entry read() {
    Entry entry;
    const std::uint8_t head = r_.byte();
    if ((head >> 4U) != kRecordFormat) {
      throw DecodeError("the record has format " + std::to_string(head >> 4U) +
                        "; this version reads format " + std::to_string(kRecordFormat));
    }
    if ((head & 15U) < 1 || (head & 15U) > 3) throw DecodeError("unknown kind of entry");
    entry.kind = static_cast<EntryKind>(head & 15U);
    const std::uint64_t parts = r_.varint();
    if (parts >= (1U << 10U)) throw DecodeError("the record has unknown parts");
    entry.tick = r_.varint();
    entry.now = static_cast<std::int64_t>(r_.fixed64());
    entry.inputs.now = entry.now;
    entry.root = status();
    if ((parts & kUpdates) != 0) entry.inputs.updates = keyed_values();
    if ((parts & kResults) != 0) entry.inputs.results = answers(true);
    if ((parts & kOverrides) != 0) {
      entry.inputs.overrides.resize(r_.count());
      for (Override& forced : entry.inputs.overrides) {
        forced.node = node();
        forced.status = status();
      }
    }
    if ((parts & kAnswers) != 0) entry.answers = answers(false);
    read_visited(entry);
    if ((parts & kPassing) != 0) entry.passing = statuses();
    if ((parts & kChanged) != 0) entry.changed = statuses();
    if ((parts & kWritten) != 0) entry.written = keyed_values();
    if ((parts & kFailures) != 0) {
      entry.failures.resize(r_.count());
      for (LeafFailure& failure : entry.failures) {
        failure.node = node();
        failure.kind = static_cast<FailureKind>(r_.byte());
        if (failure.kind > FailureKind::kUndetermined) throw DecodeError("unknown failure");
        failure.message = r_.text();
      }
    }
    if ((parts & kCancelled) != 0) {
      entry.cancelled.resize(r_.count());
      for (std::uint64_t& run : entry.cancelled) {
        run = r_.varint();
        if ((run >> 32U) >= nodes_) throw DecodeError("a node is out of range");
      }
    }
    if ((parts & kDropped) != 0) {
      entry.dropped.resize(r_.count());
      for (std::uint32_t& index : entry.dropped) {
        index = static_cast<std::uint32_t>(r_.varint());
        if (index >= entry.inputs.results.size()) throw DecodeError("a result is out of range");
      }
    }
    if (!r_.at_end()) throw DecodeError("the record goes on after its end");
    return entry;
  }

 private:
  std::uint32_t node() {
    const std::uint64_t index = r_.varint();
    if (index >= nodes_) throw DecodeError("a node is out of range");
    return static_cast<std::uint32_t>(index);
  }

  Status status() {
    const std::uint8_t b = r_.byte();
    if (b >= kStatusCount) throw DecodeError("unknown status");
    return static_cast<Status>(b);
  }

  KeyedValue keyed_value() {
    KeyedValue out;
    const std::uint64_t key = r_.varint();
    if (key == 0) {
      out.name = r_.text();
    } else {
      if (key > slots_) throw DecodeError("a key is out of range");
      out.slot = static_cast<std::int32_t>(key - 1);
    }
    out.value = r_.value();
    return out;
  }

  std::vector<KeyedValue> keyed_values() {
    std::vector<KeyedValue> out(r_.count());
    for (KeyedValue& entry : out) entry = keyed_value();
    return out;
  }

  std::vector<Answer> answers(bool may_be_unknown) {
    std::vector<Answer> out(r_.count());
    for (Answer& answer : out) {
      const std::uint64_t index = r_.varint();
      // A result that matched no node is kept as it came, so that it is dropped again.
      if (index >= nodes_ && !may_be_unknown) throw DecodeError("a node is out of range");
      answer.node = index < nodes_ ? static_cast<std::uint32_t>(index) : kNone;
      answer.activation = static_cast<std::int64_t>(r_.varint());
      const std::uint8_t b = r_.byte();
      if ((b & 15U) >= kStatusCount || (b & 0x80U) != 0) throw DecodeError("unknown status");
      answer.status = static_cast<Status>(b & 15U);
      answer.writes = keyed_values();
      if ((b & 0x10U) != 0) answer.error = r_.text();
      if ((b & 0x20U) != 0) answer.feedback = r_.text();
      if ((b & 0x40U) != 0) {
        answer.decided = true;
        answer.decision = r_.value();
      }
    }
    return out;
  }

  std::vector<StatusAt> statuses() {
    std::vector<StatusAt> out(r_.count());
    std::int64_t last = 0;
    for (StatusAt& entry : out) {
      last += r_.zigzag();
      if (last < 0 || last >= static_cast<std::int64_t>(nodes_)) {
        throw DecodeError("a node is out of range");
      }
      entry.node = static_cast<std::uint32_t>(last);
    }
    for (std::size_t i = 0; i < out.size(); i += 2) {
      const std::uint8_t b = r_.byte();
      if ((b & 15U) >= kStatusCount || (b >> 4U) >= kStatusCount) {
        throw DecodeError("unknown status");
      }
      out[i].status = static_cast<Status>(b & 15U);
      if (i + 1 < out.size()) out[i + 1].status = static_cast<Status>(b >> 4U);
    }
    return out;
  }

  void read_visited(Entry& entry) {
    entry.visited.resize(r_.count());
    std::int64_t last = 0;
    for (Run& run : entry.visited) {
      const std::int64_t first = last + r_.zigzag();
      const std::uint64_t length = r_.varint();
      if (first < 0 || length == 0 || length > nodes_ ||
          static_cast<std::uint64_t>(first) + length > nodes_) {
        throw DecodeError("a node is out of range");
      }
      run = {static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(length)};
      last = first + static_cast<std::int64_t>(length);
    }
  }

  ByteReader r_;
  std::size_t nodes_;
  std::size_t slots_;
};

}  // namespace

Entry read_entry(std::string_view bytes, std::size_t nodes, std::size_t slots) {
  return EntryReader(bytes, nodes, slots).read();
}

namespace {

void check_keyed_values(const Program& program, std::vector<KeyedValue>& values,
                        bool from_outside) {
  for (KeyedValue& entry : values) {
    if (entry.slot < 0) continue;
    const Slot& slot = program.slots[static_cast<std::size_t>(entry.slot)];
    if (slot.hidden) throw DecodeError("the record writes a node's own memory");
    std::string error;
    // What a leaf writes is checked when it is applied, and its refusal is part of the record.
    if (from_outside && slot.checked && !conform(slot, entry.value, error))
      throw DecodeError(error);
  }
}

void check_answers(const Program& program, std::vector<Answer>& answers, OutsideConfig::Mode mode) {
  for (Answer& answer : answers) {
    if (answer.node == kNone) continue;
    const Node& node = program.nodes[answer.node];
    const bool is_outside = node.kind == NodeKind::kAction || node.kind == NodeKind::kExternal ||
                            node.kind == NodeKind::kHumanDecision;
    if (!is_outside || program.outside[node.config].mode != mode) {
      throw DecodeError("the record holds an answer of a node that gives none");
    }
    check_keyed_values(program, answer.writes, false);
  }
}

}  // namespace

void check_entry(const Program& program, Entry& entry) {
  check_keyed_values(program, entry.inputs.updates, true);
  check_answers(program, entry.inputs.results, OutsideConfig::Mode::kAwait);
  check_answers(program, entry.answers, OutsideConfig::Mode::kCall);
  for (const Override& forced : entry.inputs.overrides) {
    if (forced.status == Status::kInvalid) throw DecodeError("the record forces a node to INVALID");
  }
}

}  // namespace pyforest
