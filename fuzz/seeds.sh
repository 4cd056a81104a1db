#!/usr/bin/env bash
# Makes the first corpus of every target from samples/ and formats/. What a run has found stays in the corpus.
set -euo pipefail
cd "$(dirname "$0")"

tables=()
while IFS= read -r -d '' file; do tables+=("$file"); done < <(find ../samples -type f \( -name '*.csv' -o -name 'orders*' \) -size -64k -print0 | sort -z)

# With a beginning that says the dialect, or which file it is.
put() { # target, name, beginning, file
    mkdir -p "corpus/$1"
    { printf "%b" "$3"; cat "$4"; } > "corpus/$1/$2"
}

number=0
for file in "${tables[@]}"; do
    number=$((number + 1))
    name="sample-$number"
    for target in encodings guess convert; do put "$target" "$name" '' "$file"; done
    put chunks "$name" '\x00\x20\x03' "$file"
    put table "$name" '\x00\x00\x20' "$file"
done

# The traps of dirty tables, some of them twice.
trap_number=0
trap_file() { # the text, with escapes of printf
    trap_number=$((trap_number + 1))
    local file
    file=$(mktemp)
    printf "%b" "$1" > "$file"
    local target
    for target in encodings guess convert; do put "$target" "trap-$trap_number" '' "$file"; done
    put chunks "trap-$trap_number" '\x00\x03\x00' "$file"
    # Every quoting with ; and the delimiters with the usual one.
    put table "trap-$trap_number" '\x00\x00\x05' "$file"
    put table "trap-$trap_number-single" '\x01\x02\x09' "$file"
    put table "trap-$trap_number-none" '\x02\x03\x09' "$file"
    put table "trap-$trap_number-backslash" '\x04\x00\x09' "$file"
    put table "trap-$trap_number-comma" '\x18\x00\x09' "$file"
    put table "trap-$trap_number-tab" '\x20\x02\x03' "$file"
    rm "$file"
}
trap_file 'a;b;c\n1;"x;y";3\n2;"say ""hi""";4\n'
trap_file "a,b\n'1,2','it''s'\n'3','4'\n"
trap_file 'a;b\n1;"say \\"hi\\""\n2;x\\;y\n'
trap_file 'a, b, c\r\n1, 2, "3, 4"\r\n5, 6, 7\r\n'
trap_file 'a;b\r1;2\r3;4\r'
trap_file 'a;b\n1;2\r\n3;4\r5;6\n\r\n'
trap_file 'a;b\n"1;2\n3;"4"\n'
trap_file '"a\nb";"c\r\nd"\n"e";"f"x\n'
trap_file '\xef\xbb\xbfa;\xc3\xa9\n1;\xe2\x82\xac\n'
trap_file '\xff\xfea\x00;\x00b\x00\n\x001\x00;\x002\x00\n\x00'
trap_file '\x00a\x00;\x00b\x00\n\x001\x00;\x002\x00\n'
trap_file 'R\xe9f;Qt\xe9\nA1;1\nB2;2\n'
trap_file 'R\x82f;Qt\x82\nA1;1\nB2;2\n'
trap_file 'sep=;\na;b\n1;2\n'
trap_file 'Report\n\nid;name;price\n1;a;2,50\n2;b;3,50\n\nTotal;;6,00\n'
trap_file '# one\nid|name\n1|a\n# two\n2|b|||\n3|c|d\n4\n'
trap_file 'id\x1fname\n1\x1fAnn\n2\x1fBob\n'
trap_file 'id^name\n1^Ann\n2^Bob\n'
trap_file '12,50\n13,20\n1,99\n'
trap_file '2026-03-01 10:00:00\n2026-03-02 11:30:00\n'
trap_file '\x93\xfa\x96{\x8c\xea;\x90\x94\x97\xca\n\x95\x94\x95i;1\n'
trap_file 'Country;2019;2020;2021\nFrance;1;2;3\nItaly;3;4;5\n'

put catalogue sample '' ../samples/catalogue.csv
number=0
for file in ../samples/codes/*/catalogue.csv; do
    number=$((number + 1))
    put catalogue "sample-$number" '' "$file"
done

number=0
for file in ../formats/import/*.toml ../samples/codes/*/formats/import/*.toml; do
    number=$((number + 1))
    put formats "import-$number" 0 "$file"
done
put formats generic 1 ../formats/import/generic.toml
for file in ../formats/manufacturer/*.toml; do put formats "manufacturer-$(basename "$file" .toml)" 2 "$file"; done
for file in ../formats/reference/*.csv; do put formats "reference-$(basename "$file" .csv)" 3 "$file"; done
put formats headings 4 ../formats/headings.tsv

for folder in corpus/*/; do printf '%s: %s files\n' "$folder" "$(find "$folder" -type f | wc -l)"; done
