//! Advice to the system about the memory of the process.

#![allow(unsafe_code)]

/// Size of a huge page.
const HUGE_PAGE_BYTES: usize = 2 << 20;

/// Address space that is advised. What mimalloc reserves at first, 64 MiB (`.cargo/config.toml`), begins it and is filled from there.
const ARENA_BYTES: usize = 1 << 30;

/// How much of the arena keeps small pages. Huge ones would double the memory of a program with ten or twenty MiB of data: each class of sizes
/// begins pages of its own.
const SMALL_PAGES_BYTES: usize = 52 << 20;

/// Asks for huge pages in mimalloc's first arena, but for its beginning: programs with much data run faster with them. To be called by a
/// program whose allocator that is, before it has allocated much.
pub fn advise_huge_pages() {
    #[cfg(target_os = "linux")]
    {
        // What is allocated first lies at the beginning of the arena.
        let near_start = Box::new(0u8);
        let start = ((&raw const *near_start) as usize & !(HUGE_PAGE_BYTES - 1)) + SMALL_PAGES_BYTES;
        let length = ARENA_BYTES - SMALL_PAGES_BYTES - HUGE_PAGE_BYTES;
        // SAFETY: this changes how memory is mapped, never what it holds, and what is not mapped stays so. It is advice: errors are no
        // matter.
        unsafe { libc::madvise(start as *mut libc::c_void, length, libc::MADV_HUGEPAGE) };
    }
}
