// bench/filter_build_peer - the same as bench/filter_build.c with Mozilla's library
//
//   filter-build-peer build CELLS [OUT]
//   filter-build-peer query FILE <LINES
//
// `build` makes a clubcard of the certificates of bench/filter_build.c, with the library's default
// slack of 2 %, and prints seconds (on the clock, and of the processor) and bytes.  `query` asks a
// clubcard about lines "issuer tab serial tab 1|0" and counts the answers that are not 1 for revoked
// or 0 for good: what writ makes has to say the truth to this reader too.
//
// It needs the crates clubcard 0.3.4 (feature builder) and clubcard-crlite 0.6.2 (feature builder),
// which Debian has in sid as librust-clubcard-dev and librust-clubcard-crlite-dev; a Cargo.toml that
// names both, and a source replacement by /usr/share/cargo/registry, build it with `cargo build
// --release --offline`.
use clubcard::builder::*;
use clubcard_crlite::builder::*;
use clubcard_crlite::*;
use std::collections::HashMap;
use std::io::BufRead;
use std::time::Instant;

fn mixed(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58476d1ce4e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d049bb133111eb);
    x ^ (x >> 31)
}

fn serial_of(i: u64) -> Vec<u8> {
    let mut serial = Vec::with_capacity(16);
    let first = mixed(i.wrapping_mul(2).wrapping_add(1)) << 9 >> 1 | 64;
    serial.extend_from_slice(&first.to_le_bytes());
    serial.extend_from_slice(&mixed(i.wrapping_mul(2).wrapping_add(2)).to_le_bytes());
    serial
}

fn issuer_of(i: usize) -> [u8; 32] {
    let mut id = [0u8; 32];
    id[..16].copy_from_slice(&serial_of(1u64 << 40 | i as u64));
    id[16..].copy_from_slice(&serial_of(1u64 << 41 | i as u64));
    id
}

fn cells_of(arg: &str) -> Vec<(u64, u64)> {
    let text = std::fs::read_to_string(arg).unwrap_or_else(|_| arg.replace(',', " "));
    let numbers: Vec<u64> = text.split_whitespace().map(|w| w.parse().expect("a number")).collect();
    numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect()
}

fn item(issuer: [u8; 32], i: usize, j: u64, revoked: u64) -> CRLiteBuilderItem {
    let serial = serial_of((i as u64) << 32 | j);
    if j < revoked {
        CRLiteBuilderItem::revoked(IssuerSpkiHash(issuer), serial)
    } else {
        CRLiteBuilderItem::not_revoked(IssuerSpkiHash(issuer), serial)
    }
}

fn build(cells: &[(u64, u64)]) -> CRLiteClubcard {
    let mut builder = ClubcardBuilder::new();
    let mut approximate = vec![];
    for (i, (known, revoked)) in cells.iter().enumerate() {
        let issuer = issuer_of(i);
        let mut ribbon = builder.new_approx_builder(&issuer);
        ribbon.set_universe_size(*known as usize);
        for j in 0..*revoked {
            ribbon.insert(item(issuer, i, j, *revoked));
        }
        approximate.push(ApproximateRibbon::from(ribbon));
    }
    builder.collect_approx_ribbons(approximate);
    let mut exact = vec![];
    for (i, (known, revoked)) in cells.iter().enumerate() {
        let issuer = issuer_of(i);
        let mut ribbon = builder.new_exact_builder(&issuer);
        for j in 0..*known {
            ribbon.insert(item(issuer, i, j, *revoked));
        }
        exact.push(ExactRibbon::from(ribbon));
    }
    builder.collect_exact_ribbons(exact);
    let nothing = CRLiteCoverage::from_mozilla_ct_logs_json(&b"[]"[..]);
    CRLiteClubcard::from(builder.build::<CRLiteQuery>(nothing, ()))
}

/// Seconds of the processor that this thread has used.
fn processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("schedstat");
    text.split(' ').next().expect("a number").parse::<f64>().expect("a number") / 1e9
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

fn query(path: &str) -> u64 {
    let bytes = std::fs::read(path).expect("the file");
    let card = CRLiteClubcard::from_bytes(&bytes).expect("a clubcard");
    let mut issuers: HashMap<String, [u8; 32]> = HashMap::new();
    let (mut asked, mut wrong) = (0u64, 0u64);
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let words: Vec<&str> = line.split('\t').collect();
        let issuer = *issuers
            .entry(words[0].to_string())
            .or_insert_with(|| hex(words[0]).try_into().expect("32 bytes"));
        let (serial, issuer) = (hex(words[1]), IssuerSpkiHash(issuer));
        let key = CRLiteKey::new(&issuer, &serial);
        let revoked = card.as_ref().unchecked_contains(&CRLiteQuery::new(&key, None));
        asked += 1;
        wrong += (revoked != (words[2] == "1")) as u64;
    }
    println!("{} keys, {} wrong", asked, wrong);
    wrong
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if args[1] == "query" {
        std::process::exit((query(&args[2]) > 0) as i32);
    }
    let cells = cells_of(&args[2]);
    let (start, used) = (Instant::now(), processor());
    let card = build(&cells);
    let bytes = card.to_bytes(Encoding::V4).expect("version 4");
    println!(
        "{:.3} s (processor {:.3}), {} bytes v4",
        start.elapsed().as_secs_f64(),
        processor() - used,
        bytes.len()
    );
    if args.len() > 3 {
        std::fs::write(&args[3], &bytes).expect("the file");
    }
}
