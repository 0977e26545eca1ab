//! Any bytes are the JSON of a run or an error; what the check lets pass has a size.
#![no_main]

use leftright::experiment::bytes_of_largest;
use leftright::recipe::Recipe;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recipe) = Recipe::read(bytes)
        && recipe.config.check().is_ok()
    {
        assert!(bytes_of_largest([&recipe.config]) > 0);
    }
});
