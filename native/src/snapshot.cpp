#include "pyforest/snapshot.h"

#include <algorithm>
#include <cstring>

#include "pyforest/codec.h"

namespace pyforest {

namespace {

constexpr char kMagic[3] = {'P', 'F', 'S'};
constexpr std::int64_t kLastMoment = 9'200'000'000'000'000'000;  // as to_nanoseconds allows
constexpr std::uint8_t kUnchanged = 0xFF;  // no value code: the slot holds its initial value

void write_keyed_values(ByteWriter& w, const std::vector<KeyedValue>& values) {
  w.varint(values.size());
  for (const KeyedValue& entry : values) {
    w.varint(entry.slot >= 0 ? static_cast<std::uint64_t>(entry.slot) + 1 : 0);
    if (entry.slot < 0) w.text(entry.name);
    w.value(entry.value);
  }
}

std::vector<KeyedValue> read_keyed_values(ByteReader& r, const Program& program) {
  std::vector<KeyedValue> out(r.count());
  for (KeyedValue& entry : out) {
    const std::uint64_t key = r.varint();
    if (key > program.slots.size()) throw DecodeError("a key is out of range");
    if (key == 0) {
      entry.name = r.text();
    } else {
      entry.slot = static_cast<std::int32_t>(key - 1);
    }
    entry.value = r.value();
    if (entry.slot >= 0 && program.slots[static_cast<std::size_t>(entry.slot)].hidden) {
      throw DecodeError("a write goes to a node's own memory");
    }
  }
  return out;
}

void write_extras(ByteWriter& w, const StateExtras& extras) {
  w.varint(extras.unknown.size());
  for (const auto& [name, value] : extras.unknown) {
    w.text(name);
    w.value(value);
  }
  write_keyed_values(w, extras.staged);
  w.varint(extras.delivered.size());
  for (const Answer& answer : extras.delivered) {
    w.varint(answer.node);
    w.varint(static_cast<std::uint64_t>(answer.activation));
    w.byte(static_cast<std::uint8_t>(answer.status));
    write_keyed_values(w, answer.writes);
    w.text(answer.error);
    w.text(answer.feedback);
    w.byte(answer.decided ? 1 : 0);
    if (answer.decided) w.value(answer.decision);
  }
  w.varint(extras.forced.size());
  for (std::uint32_t node : extras.forced) w.varint(node);
}

std::uint32_t read_node(ByteReader& r, const Program& program) {
  const std::uint64_t index = r.varint();
  if (index >= program.size()) throw DecodeError("a node is out of range");
  return static_cast<std::uint32_t>(index);
}

void read_extras(ByteReader& r, State& state) {
  StateExtras& extras = state.extras();
  const Program& program = state.program();
  for (std::uint64_t left = r.count(); left > 0; --left) {
    std::string name(r.text());
    Value value = r.value();
    if (value.is_missing() || !extras.unknown.emplace(std::move(name), std::move(value)).second) {
      throw DecodeError("a key stands there without a value, or twice");
    }
  }
  extras.staged = read_keyed_values(r, program);
  extras.delivered.resize(r.count());
  for (Answer& answer : extras.delivered) {
    answer.node = read_node(r, program);
    answer.activation = static_cast<std::int64_t>(r.varint());
    const std::uint8_t status = r.byte();
    if (status >= kStatusCount) throw DecodeError("unknown status");
    answer.status = static_cast<Status>(status);
    answer.writes = read_keyed_values(r, program);
    answer.error = r.text();
    answer.feedback = r.text();
    answer.decided = r.byte() != 0;
    if (answer.decided) answer.decision = r.value();
  }
  // The engine looks results up by node.
  std::stable_sort(extras.delivered.begin(), extras.delivered.end(),
                   [](const Answer& a, const Answer& b) { return a.node < b.node; });
  extras.forced.resize(r.count());
  for (std::uint32_t& node : extras.forced) node = read_node(r, program);
}

bool has_content(const StateExtras* extras) {
  return extras != nullptr && !(extras->unknown.empty() && extras->staged.empty() &&
                                extras->delivered.empty() && extras->forced.empty());
}

}  // namespace

std::string write_snapshot(const State& state, const SavedLeaves& leaves) {
  const Program& program = state.program();
  std::string out;
  out.reserve(96 + program.slots.size() * 4 + program.memory_cells * 2 + program.size() / 2);
  ByteWriter w(out);
  w.raw(kMagic, sizeof kMagic);
  w.byte(kSnapshotFormat);
  w.raw(program.options.hash.data(), program.options.hash.size());
  const StateExtras* extras =
      has_content(state.extras_or_null()) ? state.extras_or_null() : nullptr;
  w.byte(static_cast<std::uint8_t>((state.recording ? 1U : 0U) | (state.has_time ? 2U : 0U) |
                                   (extras != nullptr ? 4U : 0U) | (leaves.empty() ? 0U : 8U)));
  w.fixed64(state.seed);
  w.varint(state.ticks);
  w.fixed64(static_cast<std::uint64_t>(state.now));
  w.byte(static_cast<std::uint8_t>(state.root));
  for (std::uint32_t i = 0; i < program.memory_cells; ++i) w.zigzag(state.memory()[i]);
  const Status* statuses = state.statuses();
  for (std::size_t i = 0; i < program.size(); i += 2) {
    const auto low = static_cast<std::uint8_t>(statuses[i]);
    const auto high = i + 1 < program.size() ? static_cast<std::uint8_t>(statuses[i + 1]) : 0U;
    w.byte(static_cast<std::uint8_t>(low | (high << 4U)));
  }
  for (std::size_t i = 0; i < program.slots.size(); ++i) {
    const Value& value = state.slots()[i];
    if (values_identical(value, program.slots[i].initial)) {
      w.byte(kUnchanged);
    } else {
      w.value(value);
    }
  }
  if (extras != nullptr) write_extras(w, *extras);
  if (!leaves.empty()) {
    w.varint(leaves.size());
    for (const auto& [node, value] : leaves) {
      w.varint(node);
      w.value(value);
    }
  }
  w.fixed64(checksum(out));
  return out;
}

std::unique_ptr<State> read_snapshot(std::shared_ptr<const Program> program, std::string_view bytes,
                                     SavedLeaves& leaves) {
  if (bytes.size() < 4 || std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0) {
    throw DecodeError("these bytes are no snapshot");
  }
  const auto format = static_cast<std::uint8_t>(bytes[3]);
  if (format != kSnapshotFormat) {
    throw DecodeError("the snapshot has format " + std::to_string(format) +
                      "; this version reads format " + std::to_string(kSnapshotFormat));
  }
  if (bytes.size() < 4 + 32 + 8) throw DecodeError("the snapshot is cut short");
  const std::string_view body = bytes.substr(0, bytes.size() - 8);
  std::uint64_t expected = 0;
  std::memcpy(&expected, bytes.data() + body.size(), 8);
  if (checksum(body) != expected) throw DecodeError("the snapshot is damaged or cut short");
  ByteReader r(body);
  r.take(4);
  if (std::memcmp(r.take(32).data(), program->options.hash.data(), 32) != 0) {
    throw DecodeError("the snapshot belongs to another program");
  }
  const std::uint8_t flags = r.byte();
  if (flags > 15) throw DecodeError("the snapshot has unknown parts");
  const std::uint64_t seed = r.fixed64();
  auto state = std::make_unique<State>(program, seed, (flags & 1U) != 0);
  state->has_time = (flags & 2U) != 0;
  state->ticks = r.varint();
  state->now = static_cast<std::int64_t>(r.fixed64());
  if (state->now > kLastMoment || state->now < -kLastMoment) {
    throw DecodeError("the time is out of range");
  }
  auto status_of = [](std::uint8_t b) {
    if (b >= kStatusCount) throw DecodeError("unknown status");
    return static_cast<Status>(b);
  };
  state->root = status_of(r.byte());
  for (std::uint32_t i = 0; i < program->memory_cells; ++i) state->memory()[i] = r.zigzag();
  Status* statuses = state->statuses();
  for (std::size_t i = 0; i < program->size(); i += 2) {
    const std::uint8_t b = r.byte();
    statuses[i] = status_of(b & 15U);
    if (i + 1 < program->size()) statuses[i + 1] = status_of(b >> 4U);
  }
  if (state->recording) std::memcpy(state->previous(), statuses, program->size());
  for (std::size_t i = 0; i < program->slots.size(); ++i) {
    if (r.peek() == kUnchanged) {
      r.byte();
    } else {
      state->slots()[i] = r.value();
    }
  }
  if ((flags & 4U) != 0) read_extras(r, *state);
  if ((flags & 8U) != 0) {
    leaves.resize(r.count());
    for (auto& [node, value] : leaves) {
      node = read_node(r, *program);
      value = r.value();
    }
  }
  if (!r.at_end()) throw DecodeError("the snapshot goes on after its end");
  if (std::string wrong = check_state(*state); !wrong.empty()) throw DecodeError(wrong);
  return state;
}

}  // namespace pyforest
