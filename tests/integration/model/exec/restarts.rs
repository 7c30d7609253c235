//! A command that ends: when it is started again and when not; one that answers for another number of classes; what the window says of commands.

use unmask::data::TableFit;

use super::*;
use crate::integration::tiny::{assert_sentence, box_with};

/// What stands in the file that the server in `dir` keeps beside itself under this ending; empty where there is none.
fn kept(dir: &tempfile::TempDir, ending: &str) -> String {
    std::fs::read_to_string(dir.path().join(format!("serve.py.{ending}"))).unwrap_or_default()
}

/// What a server does first of all: it notes each start, and counts in `served` the questions since.
const COUNT: &str = "import os\n    \
                     served = globals().get('served', 0) + 1\n    \
                     note = lambda ending: open(sys.argv[0] + '.' + ending, 'a').write('x')\n    \
                     served == 1 and note('starts')";

#[test]
fn a_program_that_ends_at_the_first_question_after_the_check_is_started_once_more() {
    let died = "served == 2 and not os.path.exists(sys.argv[0] + '.died') and (note('died'), sys.exit(1))";
    let Some((dir, mut model)) = server(&format!("{COUNT}\n    {died}"), LONG) else { return };
    assert_eq!(model.predict(&rows()).unwrap().values, [0.25, 0.75, 0.5, 0.5, 1.0, 0.0]);
    assert_eq!((kept(&dir, "died"), kept(&dir, "starts")), ("x".to_owned(), "xx".to_owned()));
    // One that ends there again is refused, after the second time.
    let Some((dir, mut model)) = server(&format!("{COUNT}\n    served == 2 and sys.exit('no memory')"), LONG) else {
        return;
    };
    assert_sentence(&model.predict(&rows()).unwrap_err().to_string(), &["has ended", "it said: no memory"]);
    assert_eq!(kept(&dir, "starts"), "xx");
}

#[test]
fn a_program_that_ends_before_it_has_answered_is_refused_at_once() {
    let Some((dir, mut model)) = server(&format!("{COUNT}\n    sys.exit('no such model')"), LONG) else { return };
    assert_sentence(&model.predict(&rows()).unwrap_err().to_string(), &["has ended", "it said: no such model"]);
    assert_eq!(kept(&dir, "starts"), "x", "a second start would end as the first");
    let page = include_str!("../../../../src/model/exec.md");
    assert!(page.contains("started again, once for each question") && page.contains("is refused at once"));
}

#[test]
fn another_number_of_classes_is_told_with_the_column_that_the_classes_come_from() {
    let Some((dir, _of_two)) = server("pass", LONG) else { return };
    let command = format!("python3 '{}'", dir.path().join("serve.py").display());
    let told = |mut model: ExecModel| model.predict(&rows()).unwrap_err().to_string();
    let of_four = || ExecModel::new(&command, 4, Form::Pictures, LONG);
    let found = "of shape [1, 2] where [1, 4] was asked for";
    assert_sentence(&told(of_four()), &[found, "connect it with data", "the data's classes"]);
    let mut card = box_with("exec", Shape::new(1, 1, 3), 4, Vec::new()).card;
    card.table = Some(TableFit(Vec::new()));
    card.classes = ["cactus", "fern", "orchid", "palm"].map(str::to_owned).to_vec();
    for (data, column) in [("table:plants.csv?label=species", " species"), ("table:plants.csv", "")] {
        card.data = data.to_owned();
        let origin = format!("the data's class column{column} (cactus, fern, orchid, palm), and label= names another");
        assert_sentence(&told(of_four().with_classes_of(&card)), &[found, "mend the program", &origin]);
    }
    // Lines of texts too; another number of rows is no other number of classes.
    let (texts, form) = texts();
    let program = TEXT_SERVER.replace("MODE", "print('[0.2, 0.3, 0.5]', flush=True); continue");
    let Some((_dir, mut of_three)) = server_of(&program, form, LONG) else { return };
    let sentence = of_three.predict(&texts).unwrap_err().to_string();
    assert_sentence(&sentence, &["where a list of 2 numbers was asked for", "connect it with data of the classes"]);
    let Some((_dir, mut short)) = server("len(rows) > 1 and rows.pop()", LONG) else { return };
    assert!(!short.predict(&rows()).unwrap_err().to_string().contains("classes that it answers for"));
}

#[test]
fn the_window_says_in_words_what_a_command_gets_and_answers() {
    for id in ["exec", "exec-pictures", "exec-series", "exec-text"] {
        let known = unmask::model::architecture(id).unwrap();
        let said = format!("{} {}", known.summary, known.citation);
        for part in ["standard input", "standard output", "a probability for each class"] {
            assert!(said.contains(part), "{id}: {said}");
        }
        // Users have no modules, and no documentation of them.
        assert!(!said.contains("::") && !said.contains("module"), "{id}: {said}");
    }
}
