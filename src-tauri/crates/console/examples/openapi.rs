//! Prints the OpenAPI document of the console API. `cargo xtask openapi` keeps what it prints in `ui/src/api`.

fn main() {
    print!("{}", postern_console::document());
}
