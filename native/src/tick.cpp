#include "pyforest/tick.h"

#include <cmath>
#include <cstring>

#include "interpreter.h"

namespace pyforest {

const char* failure_name(FailureKind kind) {
  constexpr const char* kNames[] = {
      "missing", "type",   "zero_division", "overflow", "index",         "key",         "value",
      "limit",   "raised", "bad_reply",     "timeout",  "refused_write", "undetermined"};
  return kNames[static_cast<std::uint8_t>(kind)];
}

bool to_nanoseconds(double seconds, std::int64_t& out) {
  const double scaled = seconds * 1e9;
  if (!(scaled >= -9.2e18 && scaled <= 9.2e18)) return false;
  // Whole and fractional seconds apart, so that a date of today keeps its nanoseconds' digits.
  const double whole = std::floor(seconds);
  out = static_cast<std::int64_t>(whole) * 1'000'000'000 + std::llround((seconds - whole) * 1e9);
  return true;
}

void TickTrace::clear() {
  visited.clear();
  passing.clear();
  changed.clear();
  written.clear();
  written_unknown.clear();
  answers.clear();
  failures.clear();
  logs.clear();
  cancelled.clear();
  dropped.clear();
  touched = 0;
  undetermined = false;
}

namespace {

/// Marks a tick under way; an exception, such as that of lack of memory, ends it too.
class Busy {
 public:
  explicit Busy(State& state) : state_(state) { state_.busy = true; }
  ~Busy() { state_.busy = false; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  State& state_;
};

void apply_updates(State& state, const std::vector<KeyedValue>& updates) {
  Value* slots = state.slots();
  for (const KeyedValue& update : updates) {
    if (update.slot >= 0) {
      slots[update.slot] = update.value;
    } else {
      std::string error;
      store_key(state, update.name, update.value, error);
    }
  }
}

void deliver(State& state, const std::vector<Answer>& results, TickTrace& trace) {
  const Program& program = state.program();
  for (std::uint32_t i = 0; i < results.size(); ++i) {
    const Answer& result = results[i];
    const bool in_flight = result.activation > 0 && result.node < program.size() &&
                           state.statuses()[result.node] == Status::kRunning &&
                           state.memory()[program.nodes[result.node].memory] == result.activation &&
                           !is_forced(state, result.node);
    if (in_flight) {
      state.extras().delivered.push_back(result);
    } else {
      trace.dropped.push_back(i);
    }
  }
  if (StateExtras* extras = state.extras_or_null()) {
    std::stable_sort(extras->delivered.begin(), extras->delivered.end(),
                     [](const Answer& a, const Answer& b) { return a.node < b.node; });
  }
}

/// A node that an override left RUNNING has no memory of a run: it starts anew.
void forget_forced(State& state, TickTrace& trace) {
  StateExtras* extras = state.extras_or_null();
  if (extras == nullptr || extras->forced.empty()) return;
  for (std::uint32_t index : extras->forced) {
    const std::uint32_t end = state.program().nodes[index].end;
    std::memset(state.statuses() + index, 0, end - index);
    trace.touched = std::max(trace.touched, end);
  }
  extras->forced.clear();
}

void find_changed_statuses(State& state, TickTrace& trace) {
  const Status* now = state.statuses();
  Status* before = state.previous();
  const std::uint32_t end = trace.touched;
  std::uint32_t index = 0;
  auto compare = [&](std::uint32_t to) {
    for (; index < to; ++index) {
      if (now[index] != before[index]) {
        trace.changed.push_back({index, now[index]});
        before[index] = now[index];
      }
    }
  };
  while (index + 8 <= end) {
    std::uint64_t a = 0;
    std::uint64_t b = 0;
    std::memcpy(&a, now + index, 8);
    std::memcpy(&b, before + index, 8);
    if (a == b) {
      index += 8;
    } else {
      compare(index + 8);
    }
  }
  compare(end);
}

/// Forget which keys were written, keeping only those whose value differs from before.
void settle_writes(State& state, TickTrace& trace) {
  std::uint8_t* dirty = state.dirty();
  const Value* slots = state.slots();
  auto kept = trace.written.begin();
  for (auto& entry : trace.written) {
    dirty[entry.first] = 0;
    if (values_identical(slots[entry.first], entry.second)) continue;
    if (&*kept != &entry) *kept = std::move(entry);
    ++kept;
  }
  trace.written.erase(kept, trace.written.end());
  std::erase_if(trace.written_unknown, [&](const auto& entry) {
    const Value* now = read_key(state, entry.first);
    return now == nullptr ? entry.second.is_missing() : values_identical(*now, entry.second);
  });
}

}  // namespace

Status tick(State& state, const Inputs& inputs, LeafHost* host, TickTrace& trace) {
  const Busy busy(state);
  state.now = inputs.now;
  state.has_time = true;
  apply_updates(state, inputs.updates);
  if (!inputs.results.empty()) deliver(state, inputs.results, trace);
  forget_forced(state, trace);
  Status root;
  if (!inputs.overrides.empty()) {
    std::vector<Override> overrides = inputs.overrides;
    std::stable_sort(overrides.begin(), overrides.end(),
                     [](const Override& a, const Override& b) { return a.node < b.node; });
    // An override is rare and its tick must be explainable, so it always traces.
    const bool recording = state.recording;
    root = Ticker<TraceOverrides>(state, host, trace, &overrides).run();
    if (!recording) trace.visited.clear();
  } else if (state.recording) {
    root = Ticker<TraceRecord>(state, host, trace, nullptr).run();
  } else {
    root = Ticker<TraceWrites>(state, host, trace, nullptr).run();
  }
  if (!trace.written.empty() || !trace.written_unknown.empty()) settle_writes(state, trace);
  if (state.recording) find_changed_statuses(state, trace);
  if (StateExtras* extras = state.extras_or_null(); extras && !extras->delivered.empty()) {
    std::erase_if(extras->delivered, [](const Answer& a) { return a.activation == kTaken; });
  }
  state.root = root;
  ++state.ticks;
  return root;
}

Status tick_bare(State& state, TickTrace& trace) {
  state.root = Ticker<TraceNothing>(state, nullptr, trace, nullptr).run();
  ++state.ticks;
  return state.root;
}

void halt(State& state, LeafHost* host, TickTrace& trace) {
  if (state.program().size() == 0) return;
  const Busy busy(state);
  forget_forced(state, trace);
  Ticker<TraceWrites>(state, host, trace, nullptr).halt(0);
  trace.touched = static_cast<std::uint32_t>(state.program().size());
  if (state.recording) find_changed_statuses(state, trace);
  if (StateExtras* extras = state.extras_or_null()) extras->delivered.clear();
  state.root = Status::kInvalid;
}

}  // namespace pyforest
