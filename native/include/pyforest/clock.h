// The one place of the native engine that reads a clock.
#pragma once

#include <time.h>

#include <cstdint>

namespace pyforest {

/// Nanoseconds since 1970-01-01 UTC.
inline std::int64_t wall_clock_ns() noexcept {
  timespec t{};
  clock_gettime(CLOCK_REALTIME, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

}  // namespace pyforest
