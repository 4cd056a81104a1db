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

# Files of every kind, whole and by the parts of their packages. The first byte of `workbook` is the way of `packages.rs`.
files=()
while IFS= read -r -d '' file; do files+=("$file"); done < <(find ../samples ../tests/fixtures -type f -size -28k \
    \( -name 'orders*' -o -name 'order*' -o -name '*.zip' -o -name '*.gz' -o -name '*.xls*' -o -name '*.ods' -o -name '*.xml' -o -name '*.json' \) -print0 | sort -z)
part() { # way, archive, name of the part
    local text
    text=$(mktemp)
    if unzip -p "$2" "$3" > "$text" 2> /dev/null && [ -s "$text" ]; then
        put workbook "part-$number-$1" "\\x$1" "$text"
        put import "part-$number-$1" "\\x00\\x1f\\x00\\x$1" "$text"
    fi
    rm "$text"
}
number=0
for file in "${files[@]}"; do
    number=$((number + 1))
    put import "file-$number" '\x00\x1f\x00\x00' "$file"
    put convert "file-$number" '' "$file"
    case $file in
        *.xls | *.xlsx | *.ods) put workbook "file-$number" '\x00' "$file" ;;
        *.xml) put tree "file-$number" '\x1e' "$file" ;;
        *.json) put tree "file-$number" '\x1f' "$file" ;;
        *.zip) put unpack "file-$number" '\x00' "$file" ;;
        *.gz) put unpack "file-$number" '\x01' "$file" ;;
    esac
    case $file in
        *.xlsx)
            part 01 "$file" xl/worksheets/sheet1.xml
            part 02 "$file" xl/sharedStrings.xml
            part 03 "$file" xl/styles.xml
            part 04 "$file" xl/workbook.xml
            part 05 "$file" xl/_rels/workbook.xml.rels
            ;;
        *.ods)
            part 0a "$file" content.xml
            part 0b "$file" META-INF/manifest.xml
            ;;
    esac
done
# The settings of an import: columns by number, what is accepted, what is written.
number=0
for file in "${tables[@]}"; do
    number=$((number + 1))
    put import "table-$number" '\x01\x1f\x00\x00' "$file"
    put import "table-$number-numbers" '\x72\x3f\x80\x00' "$file"
done
tree_number=0
tree() { # the first byte, the text
    tree_number=$((tree_number + 1))
    local file
    file=$(mktemp)
    printf "%b" "$2" > "$file"
    put tree "small-$tree_number" "$1" "$file"
    put import "tree-$tree_number" '\x00\x1f\x00\x00' "$file"
    rm "$file"
}
tree '\x1e' '<orders><order n="1"><line><Reference>A</Reference><Quantity>2</Quantity></line><line><Reference>B</Reference><Quantity>1</Quantity></line></order></orders>'
tree '\x1e' '<?xml version="1.0" encoding="utf-8"?><a:x xmlns:a="u"><!-- c --><b/><b>1 &lt; 2 &#65;</b><b><![CDATA[<x>]]></b><?p i?></a:x>'
tree '\x1e' '<Lines><Line ref="A" qty="1">text</Line></Lines>'
tree '\x1f' '{"orders": [{"n": 1, "lines": [{"ref": "A", "qty": 2}, {"ref": "B\\u00e9", "qty": 1.5e3}]}, {"n": 2, "lines": []}]}'
tree '\x1f' '[{"reference": "A", "quantity": 2, "x": null, "y": [1, "b", true]}]'
tree '\x1f' '{"reference": "A", "quantity": 2}\n{"reference": "B", "quantity": 1}\n'
tree '\x00' '<a><b>1</b><b>2</b></a>'
tree '\x01' '{"a": [1, [2, {"b": 3}]]}'

# Agora order files; the first byte is the form.
number=0
while IFS= read -r -d '' file; do
    number=$((number + 1))
    case $file in
        *.txt) put agora "sample-$number" '\x00' "$file" ;;
        *.xml) put agora "sample-$number" '\x01' "$file" ;;
        *.json) put agora "sample-$number" '\x02' "$file" ;;
    esac
    put import "agora-$number" '\x00\x1f\x00\x00' "$file"
done < <(find ../samples/agora -type f ! -name '*.expected' -print0 | sort -z)

# Records of binary workbooks: rows and cells of every kind.
records() { # way, name, the records
    local file
    file=$(mktemp)
    printf "%b" "$3" > "$file"
    put workbook "records-$2" "\\x$1" "$file"
    put import "records-$2" "\\x00\\x1f\\x00\\x$1" "$file"
    rm "$file"
}
row='\x00\x11\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
records 06 cells "$row"'\x07\x0c\0\0\0\0\0\0\0\0\0\0\0\0\x02\x0c\x01\0\0\0\0\0\0\0\x4b\x13\0\0\x05\x10\x02\0\0\0\x01\0\0\0\0\0\0\0\x80\x83\xe6\x40\x04\x09\x03\0\0\0\0\0\0\0\x01\x0b\x0d\x04\0\0\0\0\0\0\0\x2a\0\0\0\0\x08\x0e\x05\0\0\0\0\0\0\0\x01\0\0\0A\0\x92\x01\0\xb0\x01\x10\0\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0'
records 07 strings '\x13\x09\0\x02\0\0\0A\0B\0\x13\x07\0\x01\0\0\0\xe9\0'
records 08 styles '\x2c\x0e\xa4\0\x04\0\0\0y\0y\0y\0y\0\xe9\x04\x04\x02\0\0\0\x2f\x10\0\0\xa4\0\0\0\0\0\0\0\0\0\0\0\0\0\x2f\x10\0\0\x0e\0\0\0\0\0\0\0\0\0\0\0\0\0\xea\x04\0'
records 09 book '\x99\x01\x08\x01\0\0\0\0\0\0\0\x9c\x01\x16\0\0\0\0\x01\0\0\0\x02\0\0\0r\01\0\x01\0\0\0A\0'
# Old workbooks are streams in a container; the stream alone.
old='\x09\x08\x10\0\0\x06\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\xe0\0\x14\0\0\0\x0e\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x85\0\x09\0\x4b\0\0\0\0\0\x01\0A\xfc\0\x0c\0\x01\0\0\0\x01\0\0\0\x01\0\0A\x0a\0\0\0'
records 0c old "$old"'\x09\x08\x10\0\0\x06\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\xfd\0\x0a\0\0\0\0\0\0\0\0\0\0\0\x03\x02\x0e\0\0\0\x01\0\0\0\0\0\0\0\x80\x83\xe6\x40\x7e\x02\x0a\0\x01\0\0\0\0\0\x4b\x13\0\0\xe5\0\x0a\0\x01\0\x01\0\x03\0\0\0\0\0\x0a\0\0\0'
# Names of archives, one on each line.
names=$(mktemp)
printf '../../x.csv\na/b.csv\nC:\\x\\y.csv\nnul.\n~$x.xlsx\n__MACOSX/x\n.DS_Store\nx\\u202evsc.exe\n' > "$names"
put unpack names '\x03' "$names"
rm "$names"

for folder in corpus/*/; do printf '%s: %s files\n' "$folder" "$(find "$folder" -type f | wc -l)"; done
