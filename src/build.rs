//! Lets the built program find libtorch by itself: in `lib` beside it (the packaged form), else where it was linked from.
//!
//! The rpath that `torch-sys` sets reaches only its own artefacts, so it is repeated here for ours.

fn main() {
    println!("cargo::rerun-if-changed=src/build.rs");
    println!("cargo::rerun-if-env-changed=LIBTORCH");
    // `unmask doctor` says what it was built with.
    let rustc =
        std::env::var_os("RUSTC").and_then(|rustc| std::process::Command::new(rustc).arg("--version").output().ok());
    if let Some(version) = rustc.and_then(|output| String::from_utf8(output.stdout).ok()) {
        println!("cargo::rustc-env=UNMASK_RUSTC={}", version.trim());
    }
    let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") else {
        return;
    };
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("linux") => {
            println!("cargo::rustc-link-arg=-Wl,-rpath,$ORIGIN/lib");
            println!("cargo::rustc-link-arg=-Wl,-rpath,{lib}");
        }
        Ok("macos") => {
            println!("cargo::rustc-link-arg=-Wl,-rpath,@loader_path/lib");
            println!("cargo::rustc-link-arg=-Wl,-rpath,{lib}");
        }
        _ => {}
    }
}
