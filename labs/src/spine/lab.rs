//! The whole of every lab: measures, or reads what was measured; says, draws, writes, holds.

use super::{inputs, Bar, Experiment, Kept, Progress, Report, Scope, Settings, Silent};
use minigrad_cli::arguments;
use minigrad_cli::failure::caught;
use minigrad_cli::output::Output;
use minigrad_cli::terminal;
use minigrad_cli::{root, Failure};
use minigrad_plot::{Drawing, Layout};
use serde_json::value::RawValue;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The environment variable that gives the number of threads where no flag does.
pub const THREADS: &str = "MINIGRAD_THREADS";

/// What is said and drawn, or why data are those of no such experiment.
pub type Said = serde_json::Result<(Report, Vec<Drawing>)>;

/// An experiment as a command, whatever its type.
#[derive(Clone, Copy, Debug)]
pub struct Lab {
    /// The name of the command.
    pub name: &'static str,
    /// The question it answers.
    pub asks: &'static str,
    /// The book's seed.
    pub seed: u64,
    /// The book's number of updates; `None` where `--steps` means nothing.
    pub steps: Option<usize>,
    /// Its figures, by the names of their wide layout.
    pub figures: &'static [&'static str],
    /// What flags of its own make it do instead.
    pub others: &'static [Other],
    /// What the file begins with that keeps what a killed run has finished, if one does.
    pub keeps: Option<&'static str>,
    /// Measures at the book's settings, but for the seed and the updates.
    pub measure: fn(&Request, &dyn Progress) -> Value,
    /// Measures at the small settings.
    pub small: fn() -> Value,
    /// The book's settings.
    pub settings: fn() -> Value,
    /// What is said and drawn of what was measured.
    pub said: fn(&Value) -> Said,
}

/// Something else that a lab can do.
#[derive(Clone, Copy, Debug)]
pub struct Other {
    /// The name of the flag that asks for it.
    pub flag: &'static str,
    /// What it does.
    pub help: &'static str,
    /// Does it.
    pub run: fn(&Request) -> Result<(), Failure>,
}

/// What a run of a lab was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The base seed.
    pub seed: u64,
    /// The number of updates, 0 for a lab that has none to set.
    pub steps: usize,
    /// Where the results go.
    pub dir: PathBuf,
    /// Whether seed or updates differ from the book's.
    pub trial: bool,
    /// Threads for independent runs; no result depends on it.
    pub threads: usize,
    /// Whether to draw from the data of an earlier run, and run nothing.
    pub redraw: bool,
    /// Whether to go on where an interrupted run stopped.
    pub resume: bool,
}

impl Request {
    /// Opens the directory of the results.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn output(&self) -> Result<Output, Failure> {
        Output::new(&self.dir)
    }
}

/// The number of threads that the environment asks for, else one for each core.
///
/// # Errors
/// If the environment does not name a number of threads.
pub fn default_threads() -> Result<usize, Failure> {
    let cores = || std::thread::available_parallelism().map_or(1, |n| n.get());
    Ok(arguments::threads_from(THREADS)?.unwrap_or_else(cores))
}

impl Lab {
    /// That of an experiment.
    pub const fn of<E: Experiment>() -> Lab {
        fn plain<E: Experiment>(settings: &E::Settings, progress: &dyn Progress) -> Value {
            // Fails on no plain data; null is refused where it is read.
            serde_json::to_value(E::measure(settings, progress)).unwrap_or_default()
        }
        Lab {
            name: E::NAME,
            asks: E::ASKS,
            seed: E::Settings::SEED,
            steps: E::Settings::STEPS,
            figures: E::FIGURES,
            others: &[],
            keeps: None,
            measure: |request, progress| {
                plain::<E>(&E::Settings::asked(request.seed, request.steps), progress)
            },
            small: || plain::<E>(&E::Settings::small(), &Silent),
            settings: || serde_json::to_value(E::Settings::default()).unwrap_or_default(),
            said: |data| {
                let found: E = serde_json::from_value(data.clone())?;
                let report = found.report();
                let figures = found.figures(&report);
                assert_eq!(figures.len(), E::FIGURES.len(), "{}: one name a figure", E::NAME);
                Ok((report, figures))
            },
        }
    }

    /// The same with something else to do by flags of its own.
    pub const fn or(self, others: &'static [Other]) -> Lab {
        Lab { others, ..self }
    }

    /// The same where a killed run keeps, in a file whose name begins so, what [`map_and_keep`] has
    /// finished, until it is resumed.
    ///
    /// [`map_and_keep`]: super::map_and_keep
    pub const fn keeping(self, name: &'static str) -> Lab {
        Lab { keeps: Some(name), ..self }
    }

    /// The files it writes: every drawing in both layouts, and the data.
    pub fn files(&self) -> Vec<String> {
        let both = |name: &&str| Layout::ALL.map(|layout| layout.file(name));
        self.figures.iter().flat_map(both).chain([self.data()]).collect()
    }

    fn data(&self) -> String {
        format!("{}.json", self.name)
    }

    /// What the book asks of it: its own seed and updates, into `out`, or into `figures` under the
    /// root.
    ///
    /// # Errors
    /// If there is no root, or nothing can be written there.
    pub fn book(&self, out: Option<&Path>) -> Result<Request, Failure> {
        let dir = match out {
            Some(out) => out.to_path_buf(),
            None => root::workspace()?.join("figures"),
        };
        let (steps, threads) = (self.steps.unwrap_or(0), default_threads()?);
        let (trial, redraw) = (false, false);
        // Where all labs run, one after the other, an interrupted one goes on.
        let resume = true;
        let request = Request { seed: self.seed, steps, dir, trial, threads, redraw, resume };
        request.output()?;
        Ok(request)
    }

    /// Runs it.
    ///
    /// # Errors
    /// If a file cannot be read or written; when all are written, if a claim fails at the book's
    /// settings.
    pub fn run(&self, request: &Request) -> Result<(), Failure> {
        // Whether anything can be written is known before anything is computed.
        request.output()?;
        let mut kept = None;
        let (inputs, data) = match request.redraw {
            true => self.read(&request.dir)?,
            false => {
                let inputs = inputs(&compiled_in(), self.name)?;
                if let Some(name) = self.keeps {
                    let name = format!("{name}-{}-{}-{inputs}.jsonl", request.seed, request.steps);
                    kept = Kept::open(&root::workspace()?.join("target"), &name, request.resume)?;
                }
                let bar = Bar::new(self.name, request.threads).keeping(kept.as_ref());
                (inputs, (self.measure)(request, &bar))
            }
        };
        let said = self.write(request, &inputs, &data)?;
        kept.into_iter().for_each(Kept::remove);
        // Where nothing can be said, the results are written all the same.
        terminal::print(&said.text())?;
        self.hold(request, &said)
    }

    /// Writes the figures, and the data with what is said of them.
    ///
    /// # Errors
    /// If the data are another experiment's, or a file cannot be written.
    pub fn write(&self, request: &Request, inputs: &str, data: &Value) -> Result<Report, Failure> {
        let output = request.output()?;
        let drawn = || {
            let (report, drawings) = (self.said)(data).map_err(|why| why.to_string())?;
            let owned = |(file, svg): (String, &str)| (file, svg.to_owned());
            let files = self.figures.iter().zip(&drawings);
            let files = files.flat_map(|(name, one)| one.files(name).map(owned));
            Ok((report, files.collect::<Vec<_>>()))
        };
        // Data that someone has changed may hold what no run leaves.
        let drawn = if request.redraw { caught(drawn).and_then(|drawn| drawn) } else { drawn() };
        let (report, files) = drawn.map_err(|why| self.refuse(request, &why))?;
        for (file, svg) in &files {
            output.write(file, svg)?;
        }
        output.write(&self.data(), &self.json(inputs, &report, data))?;
        Ok(report)
    }

    /// The hash of what the data in `dir` follow from, and the data.
    ///
    /// # Errors
    /// If there are none.
    pub fn read(&self, dir: &Path) -> Result<(String, Value), Failure> {
        let path = dir.join(self.data());
        let text = std::fs::read_to_string(&path).map_err(|error| Failure::io(&path, &error))?;
        let refuse = |why: &str| {
            let (path, name) = (path.display(), self.name);
            Failure::usage(format_args!("{path}: {why}: expected the data of {name}"))
        };
        let mut all: Value =
            serde_json::from_str(&text).map_err(|error| refuse(&error.to_string()))?;
        if all["experiment"] != self.name {
            return Err(refuse("another experiment's"));
        }
        Ok((all["inputs"].as_str().unwrap_or_default().to_owned(), all["data"].take()))
    }

    fn refuse(&self, request: &Request, why: &str) -> Failure {
        let path = request.dir.join(self.data());
        Failure::usage(format_args!(
            "{}: {why}: expected the data of {}",
            path.display(),
            self.name
        ))
    }

    /// What is written beside the figures: for reading, but for the data, of which a long list has a
    /// line an entry.
    pub fn json(&self, inputs: &str, report: &Report, data: &Value) -> String {
        let lines = |value: &Value| match value {
            Value::Array(entries) if entries.len() > 1 => {
                let entries: Vec<String> = entries.iter().map(Value::to_string).collect();
                format!("[\n      {}\n    ]", entries.join(",\n      "))
            }
            one => one.to_string(),
        };
        let fields = data.as_object().into_iter().flatten();
        let fields: Vec<String> =
            fields.map(|(name, value)| format!("    {name:?}: {}", lines(value))).collect();
        #[derive(serde::Serialize)]
        struct Whole<'a> {
            experiment: &'a str,
            question: &'a str,
            inputs: &'a str,
            #[serde(flatten)]
            report: &'a Report,
            data: Box<RawValue>,
        }
        let data = RawValue::from_string(format!("{{\n{}\n  }}", fields.join(",\n")));
        let whole = |data| {
            let (experiment, question) = (self.name, self.asks);
            serde_json::to_string_pretty(&Whole { experiment, question, inputs, report, data })
        };
        data.and_then(whole).unwrap_or_default() + "\n"
    }

    /// At the book's settings every claim holds which is not about times; a trial only says so.
    fn hold(&self, request: &Request, report: &Report) -> Result<(), Failure> {
        let broken = |claim: &&super::Claim| !claim.holds && claim.scope != Scope::Times;
        let mut broken = report.claims.iter().filter(broken);
        match broken.next() {
            Some(first) if !request.trial => Err(Failure::new(format_args!(
                "{}: {} of {} claims fail: {}",
                self.name,
                1 + broken.count(),
                report.claims.len(),
                first.sentence
            ))),
            _ => Ok(()),
        }
    }
}

/// The workspace whose sources this program was compiled from.
pub fn compiled_in() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
