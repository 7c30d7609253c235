//! Series in tables with a row for each value (item, step, channel, value): put together by the words of one column, and refused where it is not clear how.

use std::fmt::Write as _;

use unmask::data::Modality;

use super::*;

/// Two items of three steps and two channels, in no order; each item's class stands beside its values.
const TIDY: &str = "id,time,activity,channel,value\n\
    a,0,run,x,1\na,0,run,y,10\na,2,run,y,30\na,2,run,x,3\na,1,run,x,2\na,1,run,y,20\n\
    b,0,walk,y,40\nb,1,walk,y,50\nb,2,walk,y,60\nb,0.0,walk,x,4\nb,1.0,walk,x,5\nb,2.0,walk,x,6\nc,0,run,x,7\nc,0,run,y,70\nc,1,run,x,8\nc,1,run,y,80\n\
    c,2,run,x,9\nc,2,run,y,90\n";

fn values(data: &Dataset, item: usize) -> Vec<f32> {
    match &data.items {
        Items::Series(series) => series.get(item).to_vec(),
        _ => panic!("no series"),
    }
}

fn opened(kind: &str, text: &str, query: &[(&str, &str)]) -> Result<Dataset, DataError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tidy.csv");
    write(&path, text.as_bytes());
    open_at(kind, &path, query)
}

fn refused(text: &str, query: &[(&str, &str)]) -> String {
    let sentence = refusal(opened("series", text, query));
    assert!(!sentence.contains("step=none"), "the rows are no steps, in whatever order: {sentence}");
    sentence
}

#[test]
fn the_words_of_one_column_become_channels_and_this_is_said() {
    for kind in ["auto", "series"] {
        let data = opened(kind, TIDY, &[]).unwrap();
        assert_eq!((data.modality, data.len(), data.shape()), (Modality::Series, 3, Some(Shape::new(2, 1, 3))));
        assert_eq!(data.channel_names(), ["x", "y"], "in the order in which they come");
        assert_eq!(
            values(&data, 0),
            [1.0, 2.0, 3.0, 10.0, 20.0, 30.0],
            "channel by channel, in the order of the steps"
        );
        assert_eq!(values(&data, 1), [4.0, 5.0, 6.0, 40.0, 50.0, 60.0], "0 and 0.0 are one step");
        assert_eq!(data.classes, ["run", "walk"]);
        let said = data.remarks.join(" | ");
        assert_has(
            &said,
            &[
                "A row for each value: items are column id, steps are column time, values are column value",
                "each word of column channel is a channel: x and y; classes are column activity",
            ],
        );
        assert!(!said.contains("Left out"), "{said}");
    }
    // Numbers are names of channels in a column that is called so, and a whole table may lie below another.
    let mut melted = "item,step,sensor,v\n".to_owned();
    for channel in [7, 3] {
        for (item, step) in [(1, 0), (1, 1), (2, 0), (2, 1)] {
            writeln!(melted, "{item},{step},{channel},{}", 100 * channel + 10 * item + step).unwrap();
        }
    }
    let data = opened("series", &melted, &[]).unwrap();
    assert_eq!(
        (data.channel_names(), values(&data, 1)),
        (&["7", "3"].map(String::from)[..], vec![720.0, 721.0, 320.0, 321.0])
    );
}

#[test]
fn a_table_with_a_row_for_each_step_is_read_as_ever() {
    // A column of words beside, but one row for each step: nothing is to be told apart.
    let long = "id,time,channel,value\na,0,x,1\na,1,y,2\na,2,x,3\nb,0,y,4\nb,1,x,5\nb,2,y,6\n";
    let data = opened("series", long, &[]).unwrap();
    assert_eq!((data.shape(), values(&data, 1)), (Some(Shape::new(1, 1, 3)), vec![4.0, 5.0, 6.0]));
    assert_has(&data.remarks.join(" | "), &["A row for each step", "Left out: channel"]);
    // Words that tell nothing apart are no channels: the refusal is that of several rows of one step.
    let alike = "id,step,note,value\na,0,x,1\na,0,x,2\na,1,x,3\na,1,x,4\n";
    assert_has(&refusal(opened("series", alike, &[])), &["several of one step in item a"]);
    // Nor are those of a column that is not called as channels are and leaves some rows alike, or stands beside several columns of values.
    for alike in [
        "id,step,mode,value\na,0,x,1\na,0,y,2\na,1,x,3\na,1,y,4\na,2,x,5\na,2,x,6\n",
        "id,step,mode,v,w\na,0,x,1,1\na,0,y,2,1\na,1,x,3,1\na,1,y,4,1\n",
    ] {
        assert_has(&refusal(opened("series", alike, &[])), &["several of one step in item a"]);
    }
    let asked = opened("series", TIDY, &[("step", "none"), ("channels", "value")]).unwrap();
    assert_eq!(asked.shape(), Some(Shape::new(1, 1, 6)), "who asks for rows in their order gets them");
}

#[test]
fn what_is_not_clear_or_not_there_is_refused_or_filled() {
    let lacking = TIDY.replace("a,1,run,y,20\n", "");
    assert_has(
        &refused(&lacking, &[]),
        &["a value for each channel at each step", "none for channel y at step 1 of item a", "gaps=previous"],
    );
    let filled = opened("series", &lacking, &[("gaps", "mean")]).unwrap();
    assert_eq!(values(&filled, 0), [1.0, 2.0, 3.0, 10.0, 20.0, 30.0]);
    assert_has(&filled.remarks.join(" | "), &["1 empty field was filled"]);
    let twice = TIDY.replace("a,1,run,x,2\n", "a,1,run,x,2\na,1,run,x,2.5\n");
    assert_has(
        &refused(&twice, &[]),
        &["one value for each item, step and channel (column channel)", "another one on line 7"],
    );
    let blank = TIDY.replace("a,1,run,x,2\n", "a,1,run,,2\n");
    assert_has(&refused(&blank, &[]), &["a channel in each row of column channel", "none on line 6"]);
    let bad = TIDY.replace("a,1,run,x,2\n", "a,1,run,x,two\n");
    assert_has(&refused(&bad, &[]), &["\"two\" on line 6, column value"]);
    // Two columns that tell rows apart, of which neither is called as channels are; then two columns of numbers.
    let units = TIDY.replace(",channel,", ",place,unit,").replace(",x,", ",x,g,").replace(",y,", ",y,deg,");
    assert_has(
        &refused(&units, &[]),
        &["one column that says of which channel a value is", "found place and unit", "name it with channels="],
    );
    let named = opened("series", &units, &[("channels", "unit")]).unwrap();
    assert_eq!(
        (named.channel_names(), values(&named, 0)),
        (&["g", "deg"].map(String::from)[..], vec![1.0, 2.0, 3.0, 10.0, 20.0, 30.0])
    );
    let rated: String =
        TIDY.lines().map(|line| format!("{line},{}\n", if line.starts_with("id") { "quality" } else { "5" })).collect();
    assert_has(
        &refused(&rated, &[]),
        &["one column of values beside the channels in column channel", "value and quality", "channels="],
    );
    assert_eq!(values(&opened("series", &rated, &[("channels", "value")]).unwrap(), 0)[3..], [10.0, 20.0, 30.0]);
    let both = opened("series", &rated, &[("channels", "channel,quality")]).unwrap();
    assert_eq!(values(&both, 0), [5.0; 6]);
}
