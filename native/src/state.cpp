#include "pyforest/state.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace pyforest {

State::State(std::shared_ptr<const Program> program, std::uint64_t seed_, bool recording_)
    : seed(seed_),
      recording(recording_),
      program_(std::move(program)),
      slot_count_(static_cast<std::uint32_t>(program_->slots.size())),
      memory_count_(program_->memory_cells),
      node_count_(static_cast<std::uint32_t>(program_->nodes.size())) {
  allocate();
  for (std::uint32_t i = 0; i < slot_count_; ++i) {
    new (slots() + i) Value(program_->slots[i].initial.borrowed());
  }
}

std::size_t State::block_size() const noexcept {
  return slot_count_ * sizeof(Value) + memory_count_ * sizeof(std::int64_t) +
         node_count_ * (recording ? 2U : 1U) + slot_count_;
}

void State::allocate() {
  const std::size_t size = block_size();
  block_ = static_cast<std::byte*>(::operator new(size == 0 ? 1 : size));
  std::memset(block_ + slot_count_ * sizeof(Value), 0, size - slot_count_ * sizeof(Value));
}

State::State(const State& other)
    : seed(other.seed),
      ticks(other.ticks),
      now(other.now),
      has_time(other.has_time),
      recording(other.recording),
      root(other.root),
      program_(other.program_),
      slot_count_(other.slot_count_),
      memory_count_(other.memory_count_),
      node_count_(other.node_count_) {
  allocate();
  for (std::uint32_t i = 0; i < slot_count_; ++i) new (slots() + i) Value(other.slots()[i]);
  const std::size_t offset = slot_count_ * sizeof(Value);
  std::memcpy(block_ + offset, other.block_ + offset, block_size() - offset);
  if (other.extras_) extras_ = std::make_unique<StateExtras>(*other.extras_);
}

State::~State() {
  for (std::uint32_t i = 0; i < slot_count_; ++i) slots()[i].~Value();
  ::operator delete(block_);
}

void State::reset(std::uint64_t new_seed) {
  for (std::uint32_t i = 0; i < slot_count_; ++i) {
    slots()[i] = program_->slots[i].initial.borrowed();
  }
  const std::size_t offset = slot_count_ * sizeof(Value);
  std::memset(block_ + offset, 0, block_size() - offset);
  extras_.reset();
  seed = new_seed;
  ticks = 0;
  now = 0;
  has_time = false;
  root = Status::kInvalid;
}

bool is_forced(const State& state, std::uint32_t node) {
  const StateExtras* extras = state.extras_or_null();
  return extras != nullptr &&
         std::find(extras->forced.begin(), extras->forced.end(), node) != extras->forced.end();
}

const Value* read_key(const State& state, std::string_view name) {
  const std::int32_t slot = state.program().find_slot(name);
  if (slot >= 0) {
    const Value& value = state.slots()[slot];
    return value.is_missing() ? nullptr : &value;
  }
  if (const StateExtras* extras = state.extras_or_null()) {
    const auto it = extras->unknown.find(name);
    if (it != extras->unknown.end()) return &it->second;
  }
  return nullptr;
}

bool store_key(State& state, std::string_view name, Value value, std::string& error) {
  const std::int32_t slot = state.program().find_slot(name);
  if (slot >= 0) {
    const Slot& declared = state.program().slots[static_cast<std::size_t>(slot)];
    if (!value.is_missing() && declared.checked && !conform(declared, value, error)) return false;
    state.slots()[slot] = std::move(value);
    return true;
  }
  NamedValues& unknown = state.extras().unknown;
  const auto it = unknown.find(name);
  if (value.is_missing()) {
    if (it != unknown.end()) unknown.erase(it);
  } else if (it != unknown.end()) {
    it->second = std::move(value);
  } else {
    unknown.emplace(std::string(name), std::move(value));
  }
  return true;
}

}  // namespace pyforest
