//! What stands out where it is shown.

use super::*;

/// The marked parts of a text in a cell of the field with this key.
fn marked<'a>(filter: &str, field: &str, text: &'a str) -> Vec<&'a str> {
    let filter = Filter::parse(filter, &names()).unwrap();
    let resource = resource("keys");
    let spot = Spot::Field(resource.field_at(field).unwrap());
    let places = Marks::of(&filter).places(&resource, spot, text);
    places.into_iter().map(|place| &text[place]).collect()
}

#[test]
fn a_word_is_marked_everywhere_and_as_often_as_it_stands_there() {
    assert_eq!(marked("ab", "note", "abba Ab xaB"), ["ab", "Ab", "aB"]);
    assert_eq!(marked("aa", "owner", "aaaaa"), ["aa", "aa"]);
    assert_eq!(marked("größe", "note", "GRÖßE İ größe"), ["GRÖßE", "größe"]);
    assert_eq!(marked("a b", "note", "cab"), ["a", "b"]);
    assert_eq!(marked("!a", "note", "cab"), [""; 0]);
    assert_eq!(marked("yes", "admin", "yes"), [""; 0]);
    assert_eq!(marked("admin:yes", "admin", "yes"), ["yes"]);
}

#[test]
fn a_value_is_marked_in_its_column_and_in_no_other() {
    assert_eq!(marked("owner:an", "owner", "Ann Lan"), ["An", "an"]);
    assert_eq!(marked("owner:an", "createdBy", "Ann"), [""; 0]);
    assert_eq!(marked("creator:an", "createdBy", "Ann"), ["An"]);
    assert_eq!(marked("name:an", "label", "an"), ["an"]);
    assert_eq!(marked("owner=ann", "owner", "ann"), ["ann"]);
    assert_eq!(marked("owner=ann", "owner", "anna"), [""; 0]);
    assert_eq!(marked("scopes=a", "actions", "b, a, aa"), ["a"]);
    assert_eq!(marked("owner=\"\"", "owner", "–"), [""; 0]);
}

#[test]
fn the_letters_of_a_fuzzy_name_are_marked_where_they_are() {
    assert_eq!(marked("~dpd", "label", "Deploy prod"), ["D", "p", "d"]);
    assert_eq!(marked("~dpd", "owner", "Deploy prod"), [""; 0]);
    assert_eq!(marked("~ze", "label", "Größe"), [""; 0]);
    assert_eq!(marked("~gße", "label", "Größe"), ["G", "ß", "e"]);
}

#[test]
fn an_id_that_is_a_field_too_is_marked_there() {
    let manifest = crate::manifest::load(crate::manifest::builtin("typesense").unwrap()).unwrap();
    let resource = manifest.resource("keys").unwrap();
    let filter = Filter::parse("id:1", &Names::of([&**resource])).unwrap();
    let spot = Spot::Field(resource.field_at("id").unwrap());
    assert_eq!(
        Marks::of(&filter).places(resource, spot, "101"),
        [0..1, 2..3]
    );
}
