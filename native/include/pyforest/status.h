// Statuses of nodes, as every layer and every stored record numbers them.
#pragma once

#include <cstdint>

namespace pyforest {

/// What a node answered, or `kInvalid` when it is idle. The numbers are part of the record and
/// snapshot formats and must never change.
enum class Status : std::uint8_t {
  kInvalid = 0,
  kRunning = 1,
  kSuccess = 2,
  kFailure = 3,
  kSkipped = 4,
};

inline constexpr std::uint8_t kStatusCount = 5;

inline constexpr const char* status_name(Status status) {
  constexpr const char* kNames[kStatusCount] = {"INVALID", "RUNNING", "SUCCESS", "FAILURE",
                                                "SKIPPED"};
  return kNames[static_cast<std::uint8_t>(status)];
}

/// SUCCESS, FAILURE or SKIPPED: the node has finished this activation.
inline constexpr bool is_finished(Status status) { return status > Status::kRunning; }

}  // namespace pyforest
