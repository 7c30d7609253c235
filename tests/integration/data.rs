#[test] fn dump() { let f = unmask::data::samples::write_all(std::path::Path::new("/tmp/sd")).unwrap(); println!("{}", f.len()); }
