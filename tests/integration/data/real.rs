//! Real data, where `UNMASK_DATA` names a folder that has it. Expected numbers are those of the data's own description.

use std::path::PathBuf;

use unmask::data::{DataSpec, Fit, Split, TextFit, TextFitSpec};

use super::*;

/// The folder `name` of the real data, or `None` after saying so.
fn folder(name: &str) -> Option<PathBuf> {
    let Some(root) = std::env::var_os("UNMASK_DATA") else {
        println!("skipped: UNMASK_DATA is not set");
        return None;
    };
    let path = PathBuf::from(root).join(name);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn real_mnist_has_the_published_counts_and_mean() {
    let Some(path) = folder("mnist") else { return };
    let start = std::time::Instant::now();
    let dataset = open(&DataSpec::from_path(&path).with("split", "official")).unwrap();
    println!("MNIST opened in {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [60_000, 0, 10_000]);
    let train = dataset.in_split(Split::Train);
    let rows = dataset.rows(&train, Shape::new(1, 28, 28), &Fit::default()).unwrap();
    let mean = rows.values.iter().map(|&value| f64::from(value)).sum::<f64>() / rows.values.len() as f64;
    assert!((mean - 0.1307).abs() < 0.00005, "mean {mean}");
    let mean = unmask::model::saved::Background::from_rows(&rows).mean;
    assert_eq!(data::fit::ModelBackground::of_mean(&mean, rows.shape), data::fit::ModelBackground::Dark);
}

#[test]
fn real_threes_and_eights_are_split_as_in_l2x_and_meed() {
    let Some(path) = folder("mnist") else { return };
    let dataset = open(&DataSpec::from_path(&path).with("classes", "3,8")).unwrap();
    // 6131 + 5851 train; 1010 + 974 test, halved.
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [11_982, 992, 992]);
    let threes = dataset.in_split(Split::Test).into_iter().filter(|&i| dataset.labels[i] == Some(0)).count();
    assert_eq!(threes, 505);
    assert_eq!(dataset.name, "mnist 3, 8");
    let dorar = open(&DataSpec::from_path(&path).with("split", "dorar")).unwrap();
    assert_eq!(Split::ALL.map(|split| dorar.in_split(split).len()), [50_000, 10_000, 10_000]);
}

#[test]
fn real_fashion_has_its_names() {
    let Some(path) = folder("fashion-mnist") else { return };
    let dataset = open(&DataSpec::from_path(&path).with("classes", "Pullover,Shirt")).unwrap();
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [12_000, 1000, 1000]);
}

#[test]
fn real_cifar_and_photographs_open() {
    let Some(path) = folder("cifar10") else { return };
    let dataset = open(&DataSpec::from_path(path)).unwrap();
    assert_eq!(dataset.len(), 4000);
    assert_eq!(dataset.labels[..12], [6, 9, 9, 4, 1, 1, 2, 7, 8, 3, 4, 7].map(Some));
    let first: Vec<u8> = (0..5).map(|at| dataset.picture(0).unwrap().bytes[at * 3]).collect();
    assert_eq!(first, [59, 43, 50, 68, 98]);
    let Some(path) = folder("ants_bees/hymenoptera_subset.tar") else { return };
    let dataset = open(&DataSpec::from_path(path)).unwrap();
    assert_eq!((dataset.len(), dataset.classes.clone()), (146, vec!["ants".to_owned(), "bees".to_owned()]));
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [96, 25, 25]);
    assert_eq!(dataset.rows(&[0, 145], Shape::new(3, 64, 64), &Fit::default()).unwrap().n(), 2);
}

#[test]
fn real_imdb_opens_with_its_split_and_becomes_rows() {
    let Some(path) = folder("imdb/imdb_reviews.csv.gz") else { return };
    let start = std::time::Instant::now();
    let dataset = open(&DataSpec::from_path(&path).with("split", "official")).unwrap();
    println!("IMDB opened in {:.2} s: {:?}", start.elapsed().as_secs_f64(), dataset.remarks);
    assert_eq!(Split::ALL.map(|split| dataset.in_split(split).len()), [25_000, 0, 25_000]);
    assert_eq!(dataset.classes, ["negative", "positive"]);
    assert_eq!(dataset.labels.iter().filter(|label| **label == Some(1)).count(), 25_000);
    let train = dataset.in_split(Split::Train);
    let start = std::time::Instant::now();
    let fit = TextFit::build(train.iter().filter_map(|&i| dataset.text(i)), &TextFitSpec::l2x_word());
    println!("vocabulary of 25,000 reviews in {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!((fit.vocabulary_len(), fit.word(2), fit.word(3)), (5000, "the", "and"));
    let all: Vec<usize> = (0..dataset.len()).collect();
    let start = std::time::Instant::now();
    let rows = dataset.token_rows(&all, &fit).unwrap();
    println!("50,000 reviews to rows of words in {:.2} s", start.elapsed().as_secs_f64());
    let n_unknown = rows.values.iter().filter(|&&id| id == 1.0).count() as f64;
    let n_words = rows.values.iter().filter(|&&id| id != 0.0).count() as f64;
    // Keras' own data with 5,000 ids has about a tenth of unknown words.
    assert!((0.05..0.2).contains(&(n_unknown / n_words)), "{}", n_unknown / n_words);
    let fit = TextFit::build(train.iter().filter_map(|&i| dataset.text(i)), &TextFitSpec::l2x_sentence());
    let start = std::time::Instant::now();
    let rows = dataset.token_rows(&all[..10_000], &fit).unwrap();
    println!("10,000 reviews to sentences in {:.2} s", start.elapsed().as_secs_f64());
    assert_eq!(rows.shape, Shape::new(1, 15, 100));
    let n_sentences: usize = (0..1000).map(|i| fit.layout(dataset.text(i).unwrap()).sentences.len()).sum();
    println!("{} sentences a review", n_sentences as f64 / 1000.0);
    assert!((8_000..20_000).contains(&n_sentences), "{n_sentences}");
}

#[test]
fn real_news_and_posts_have_the_published_counts() {
    let Some(path) = folder("ag_news") else { return };
    let news = open(&DataSpec::from_path(&path).with("split", "official")).unwrap();
    println!("{:?}", news.remarks);
    assert_eq!(Split::ALL.map(|split| news.in_split(split).len()), [20_984, 0, 7600]);
    assert_eq!(news.classes, ["World", "Sports", "Business", "Sci/Tech"]);
    let of_class = |split, class| news.in_split(split).into_iter().filter(|&i| news.labels[i] == Some(class)).count();
    assert_eq!([0, 1, 2, 3].map(|class| of_class(Split::Train, class)), [5233, 5299, 5288, 5164]);
    assert_eq!([0, 1, 2, 3].map(|class| of_class(Split::Test, class)), [1900; 4]);
    let first = news.in_split(Split::Test)[0];
    assert!(news.text(first).unwrap().starts_with("Fears for T N pension after talks\nUnions representing"));
    let Some(path) = folder("hatexplain") else { return };
    let posts = open(&DataSpec::from_path(&path)).unwrap();
    println!("{:?}", posts.remarks);
    assert_eq!(Split::ALL.map(|split| posts.in_split(split).len()), [15_383, 1922, 1924]);
    assert_eq!(posts.classes, ["hatespeech", "normal", "offensive"]);
    let query = [("merge", "offensive:hatespeech"), ("classes", "normal,hatespeech")];
    let two = open_at("csv", &path, &query).unwrap();
    let count = |class| two.labels.iter().filter(|label| **label == Some(class)).count();
    assert_eq!((count(0), count(1)), (6251 + 781 + 782, 4748 + 4384 + 593 + 548 + 594 + 548));
    assert_eq!(open_at("hatexplain", &path, &query).unwrap().hash, two.hash);
    // The annotations of validation and test posts, with the parts beside them.
    let annotated =
        open_at("hatexplain", &path.join("val_test_annotations.json.gz"), &[("split", "official")]).unwrap();
    assert_eq!(Split::ALL.map(|split| annotated.in_split(split).len()), [0, 1922, 1924]);
    let texts = |dataset: &Dataset, splits: &[Split]| {
        let kept = (0..dataset.len()).filter(|&i| splits.contains(&dataset.splits[i]));
        let mut texts: Vec<_> = kept.map(|i| (dataset.text(i).unwrap().to_owned(), dataset.labels[i])).collect();
        texts.sort();
        texts
    };
    let held_out = [Split::Validation, Split::Test];
    assert!(texts(&annotated, &held_out) == texts(&posts, &held_out));
}

#[test]
fn real_tables_of_numbers_are_not_taken_for_texts() {
    for name in ["adult", "admission", "mouse_dynamics"] {
        let Some(path) = folder(name) else { return };
        let opened = open(&DataSpec::from_path(&path));
        assert!(opened.as_ref().map_or(true, |dataset| dataset.modality != data::Modality::Text), "{name}");
    }
}
