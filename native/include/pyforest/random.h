// Random numbers that depend on nothing but the seed, the node and how many it has drawn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pyforest {

/// The SplitMix64 finaliser: every input bit flips each output bit with probability near 1/2.
/// Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014).
inline constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

/// A stable 64-bit hash of text (FNV-1a, then mixed), part of the record format: never change it.
inline constexpr std::uint64_t hash_text(std::string_view text) noexcept {
  std::uint64_t h = 0xCBF29CE484222325ULL;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return mix64(h);
}

/// Id of a node that has none of its own: 'n' and 16 hex digits that depend on its parent's id, its
/// label and how many siblings before it carry the same label.
inline std::string derive_id(std::string_view parent, std::string_view label,
                             std::uint64_t occurrence) {
  std::uint64_t hash = mix64(mix64(hash_text(parent) ^ 0x9E3779B97F4A7C15ULL) ^ hash_text(label));
  hash = mix64(hash + occurrence);
  std::string out(17, 'n');
  for (std::size_t i = 16; i > 0; --i, hash >>= 4U) out[i] = "0123456789abcdef"[hash & 15U];
  return out;
}

/// The `counter`-th draw of a node's stream, uniform in [0, 1).
inline constexpr double draw(std::uint64_t seed, std::uint64_t node,
                             std::uint64_t counter) noexcept {
  const std::uint64_t bits = mix64(mix64(seed ^ node) + counter);
  return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

}  // namespace pyforest
