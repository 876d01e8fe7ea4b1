//! The `charter` command.

fn main() -> std::process::ExitCode {
    charter::cli::main()
}
