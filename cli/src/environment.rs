//! Settings from `PYTHON*` variables and `-X`, with CPython's order of precedence and its refusals.

use ouro::Options;

/// A number of digits below this is refused, unless it is 0.
const INT_MAX_STR_DIGITS_THRESHOLD: usize = 640;

/// Completes what the command line said. `warnings` are its `-W` options.
///
/// # Errors
/// Which setting is impossible, in CPython's words.
pub fn apply(
    options: &mut Options,
    warnings: Vec<String>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let ignore = options.ignore_environment;
    let variable = |name: &str| variable(name).filter(|value| !ignore && !value.is_empty());
    // A number, or just that it is set.
    let level = |name: &str| variable(name).map_or(0, |value| value.parse::<u8>().unwrap_or(1));
    options.debug = options.debug.max(level("PYTHONDEBUG"));
    options.optimize = options.optimize.max(level("PYTHONOPTIMIZE")).min(2);
    options.verbose = options.verbose.max(level("PYTHONVERBOSE"));
    options.inspect |= level("PYTHONINSPECT") > 0;
    options.dont_write_bytecode |= level("PYTHONDONTWRITEBYTECODE") > 0;
    options.no_user_site |= level("PYTHONNOUSERSITE") > 0;
    options.unbuffered |= level("PYTHONUNBUFFERED") > 0;
    options.safe_path |= variable("PYTHONSAFEPATH").is_some();
    if let Some(seed) = variable("PYTHONHASHSEED") {
        // Hashes are the same in every run, whatever the seed.
        if seed != "random" && seed.parse::<u32>().is_err() {
            let problem = "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]";
            return Err(format!("config_init_hash_seed: {problem}"));
        }
    }
    let chosen = options.x_options.clone();
    let x_option = |name: &str| chosen.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value);
    options.dev_mode = x_option("dev").is_some() || level("PYTHONDEVMODE") > 0;
    options.warn_default_encoding =
        x_option("warn_default_encoding").is_some() || level("PYTHONWARNDEFAULTENCODING") > 0;
    options.import_time = match x_option("importtime").map(Option::as_deref) {
        Some(None | Some("1")) => 1,
        Some(Some("2")) => 2,
        Some(Some(_)) => {
            let problem = "values other than 1 and 2 are reserved for future use.";
            return Err(format!("config_init_import_time: -X importtime: {problem}"));
        }
        None => level("PYTHONPROFILEIMPORTTIME"),
    };
    options.utf8_mode = match (x_option("utf8").map(Option::as_deref), variable("PYTHONUTF8").as_deref()) {
        (Some(None | Some("1")), _) | (None, Some("1")) => true,
        (Some(Some("0")), _) | (None, Some("0")) => false,
        (Some(_), _) => {
            return Err("preconfig_init_utf8_mode: invalid -X utf8 option value".to_string());
        }
        (None, Some(_)) => {
            let problem = "invalid PYTHONUTF8 environment variable value";
            return Err(format!("preconfig_init_utf8_mode: {problem}"));
        }
        (None, None) => is_c_locale(variable),
    };
    if let Some(value) = x_option("cpu_count") {
        let valid = value
            .as_deref()
            .is_some_and(|value| value == "default" || value.parse::<u32>().is_ok_and(|count| count > 0));
        if !valid {
            let problem = "n is missing or an invalid number, n must be greater than 0";
            return Err(format!("config_init_cpu_count: -X cpu_count=n option: {problem}"));
        }
    }
    let limit = match x_option("int_max_str_digits") {
        Some(value) => Some((value.clone().unwrap_or_default(), "-X int_max_str_digits")),
        None => variable("PYTHONINTMAXSTRDIGITS").map(|value| (value, "PYTHONINTMAXSTRDIGITS")),
    };
    if let Some((value, source)) = limit {
        options.int_max_str_digits = value
            .parse()
            .ok()
            .filter(|&limit| {
                limit == 0 || (INT_MAX_STR_DIGITS_THRESHOLD..=i32::MAX as usize).contains(&limit)
            })
            .ok_or_else(|| {
                let problem = "invalid limit; must be >= 640 or 0 for unlimited.";
                format!("config_init_int_max_str_digits: {source}: {problem}")
            })?;
    }
    if options.dev_mode {
        options.warn_options.push("default".to_string());
    }
    let listed = variable("PYTHONWARNINGS").unwrap_or_default();
    options.warn_options.extend(listed.split(',').filter(|one| !one.is_empty()).map(String::from));
    options.warn_options.extend(warnings);
    match options.bytes_warning {
        0 => {}
        1 => options.warn_options.push("default::BytesWarning".to_string()),
        _ => options.warn_options.push("error::BytesWarning".to_string()),
    }
    Ok(())
}

/// In the C locale CPython turns to UTF-8 by itself.
fn is_c_locale(variable: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| variable(name));
    locale.is_none_or(|locale| locale == "C" || locale == "POSIX")
}
