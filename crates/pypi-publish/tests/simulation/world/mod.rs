//! The loop: tasks, requests on their way, and the time, which jumps from event to event.

mod requests;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::Request;
use pypi_http::{
    Body, CancelToken, Deadline, Flow as _, Reply, Step, TransportError, TransportErrorKind,
};
use pypi_publish::{Next, Publication, Report, Task};

use crate::{
    case::{Case, Weather},
    faults::Fault,
    random::Random,
    truth::Truth,
};

/// A run of one publication.
pub(crate) struct World<'a> {
    case: &'a Case<'a>,
    weather: Weather,
    random: &'a mut Random,
    pub(crate) truth: &'a mut Truth,
    publication: Publication,
    /// Milliseconds since the run began.
    now: u64,
    events: BTreeMap<(u64, u64), Happening>,
    next_event: u64,
    flights: BTreeMap<u64, Flight>,
    next_flight: u64,
    pages: BTreeMap<String, Vec<(u64, Reply)>>,
}

/// A task, and what it waits for.
struct Flight {
    task: Task,
    cancel: CancelToken,
    request: Option<Sent>,
}

/// A request on its way.
struct Sent {
    head: http::request::Parts,
    body: Option<Body>,
    /// All of the body, once it has left.
    bytes: Option<Vec<u8>>,
    fault: Fault,
    has_arrived: bool,
    started: u64,
    deadline: Deadline,
}

enum Happening {
    /// The body has left, or a part of it.
    Left(u64),
    Arrive(u64),
    Reply(u64, Result<Reply, TransportError>),
    Wake(u64),
    Cancel,
    /// A request of a client that is gone.
    ArriveLate(Request<Body>),
}

/// How a run ended.
pub(crate) enum Ended {
    Reported(Box<Report>),
    Killed,
}

impl<'a> World<'a> {
    pub(crate) fn new(
        case: &'a Case<'a>,
        weather: Weather,
        random: &'a mut Random,
        truth: &'a mut Truth,
    ) -> Self {
        let log = truth.log();
        let publisher = case.publisher(move |event| lock(&log).push(event));
        let plan = publisher.plan(case.dists());
        let publication = publisher.publication(plan).expect("a plan without errors");
        Self {
            case,
            weather,
            random,
            truth,
            publication,
            now: 0,
            events: BTreeMap::new(),
            next_event: 0,
            flights: BTreeMap::new(),
            next_flight: 0,
            pages: BTreeMap::new(),
        }
    }

    pub(crate) fn run(mut self) -> Ended {
        if let Some(cancel) = self.weather.cancel {
            self.at(cancel, Happening::Cancel);
        }
        let mut cancelled = None;
        loop {
            if let Some(report) = self.advance() {
                if let Some(cancelled) = cancelled {
                    self.truth.check_end_after_cancel(self.now - cancelled);
                }
                self.truth.check_time(self.now);
                self.drain();
                return Ended::Reported(report);
            }
            let ((time, _), event) = self.events.pop_first().expect("a task waits for something");
            if self.weather.kill.is_some_and(|kill| kill <= time) {
                self.kill();
                return Ended::Killed;
            }
            self.pass(time);
            if matches!(event, Happening::Cancel) {
                cancelled = Some(time);
            }
            self.happen(event);
        }
    }

    /// Starts what may be started.
    fn advance(&mut self) -> Option<Box<Report>> {
        loop {
            match self.publication.advance() {
                Next::Start(task) => {
                    let (id, cancel) = (self.next_flight, task.cancel_token().clone());
                    self.next_flight += 1;
                    let request = None;
                    self.flights.insert(
                        id,
                        Flight {
                            task,
                            cancel,
                            request,
                        },
                    );
                    self.step(id);
                }
                Next::Wait => {
                    if !self.abort_cancelled() && !self.drop_a_task() {
                        assert!(!self.flights.is_empty(), "it waits for nothing");
                        return None;
                    }
                }
                Next::Done(report) => {
                    assert!(self.flights.is_empty(), "a task is unfinished");
                    return Some(report);
                }
                next => panic!("unknown: {next:?}"),
            }
        }
    }

    /// Aborts the requests and the pauses that a cancelled token ends; false if there are none.
    fn abort_cancelled(&mut self) -> bool {
        let is_cancelled = |flight: &Flight| match &flight.request {
            Some(sent) => sent
                .head
                .extensions
                .get()
                .is_some_and(CancelToken::is_cancelled),
            None => flight.cancel.is_cancelled(),
        };
        let aborted: Vec<u64> = self
            .flights
            .iter()
            .filter(|(_, flight)| is_cancelled(flight))
            .map(|(id, _)| *id)
            .collect();
        for id in &aborted {
            self.forget(*id);
            let flight = self.flights.get_mut(id).expect("a flight");
            if let Some(sent) = flight.request.take() {
                let error = TransportError::new(TransportErrorKind::Cancelled);
                self.truth.replied(*id, &sent.head, &Err(error));
                let later = self.latency();
                self.leave_behind(sent, later);
                let error = TransportError::new(TransportErrorKind::Cancelled);
                self.flights
                    .get_mut(id)
                    .expect("a flight")
                    .task
                    .received(Err(error));
            }
            self.step(*id);
        }
        !aborted.is_empty()
    }

    fn drop_a_task(&mut self) -> bool {
        if !self.random.chance(self.weather.dropped_tasks) {
            return false;
        }
        let Some((&id, _)) = self.flights.first_key_value() else {
            return false;
        };
        self.truth.note(self.now, format!("drop task {id}"));
        self.forget(id);
        let flight = self.flights.remove(&id).expect("a flight");
        self.truth.dropped(id, &flight.task);
        if let Some(sent) = flight.request {
            let later = self.latency();
            self.leave_behind(sent, later);
        }
        true
    }

    fn kill(&mut self) {
        self.truth
            .note(self.now, "the process is killed".to_owned());
        for (id, flight) in std::mem::take(&mut self.flights) {
            self.truth.dropped(id, &flight.task);
            if let Some(sent) = flight.request {
                let later = self.latency();
                self.leave_behind(sent, later);
            }
        }
        self.drain();
    }

    /// Lets every request arrive whose client has gone.
    fn drain(&mut self) {
        for ((time, _), event) in std::mem::take(&mut self.events) {
            if let Happening::ArriveLate(request) = event {
                self.pass(time.max(self.now));
                self.truth.note(
                    self.now,
                    "a request arrives after its client has gone".to_owned(),
                );
                let _ = self.handle(request, None);
            }
        }
    }

    fn step(&mut self, id: u64) {
        let flight = self.flights.get_mut(&id).expect("a flight");
        let Ok(step) = flight.task.step();
        match step {
            Step::Send(request) => self.send(id, *request),
            Step::Wait(pause) => {
                self.truth
                    .note(self.now, format!("task {id} waits {pause:?}"));
                let pause = u64::try_from(pause.as_millis()).expect("a short pause");
                self.at(self.now + pause.max(1), Happening::Wake(id));
            }
            Step::Done(finished) => {
                self.flights.remove(&id);
                self.publication.finish(finished);
            }
            step => panic!("unknown: {step:?}"),
        }
    }

    fn happen(&mut self, event: Happening) {
        match event {
            Happening::Left(id) => self.leave(id),
            Happening::Arrive(id) => self.arrive(id),
            Happening::Reply(id, reply) => self.reply(id, reply),
            Happening::Wake(id) => self.step(id),
            Happening::Cancel => {
                self.truth.note(self.now, "cancel".to_owned());
                self.publication.cancel();
            }
            Happening::ArriveLate(request) => {
                let _ = self.handle(request, None);
            }
        }
    }

    /// Removes what would have happened to a flight.
    fn forget(&mut self, id: u64) {
        self.events.retain(|_, event| match event {
            Happening::Left(of)
            | Happening::Arrive(of)
            | Happening::Reply(of, _)
            | Happening::Wake(of) => *of != id,
            Happening::Cancel | Happening::ArriveLate(_) => true,
        });
    }

    fn at(&mut self, time: u64, event: Happening) {
        self.events.insert((time, self.next_event), event);
        self.next_event += 1;
    }

    fn latency(&mut self) -> u64 {
        self.random.between(1, self.weather.latency)
    }

    fn latency_of(&mut self, head: &http::request::Parts) -> u64 {
        match head.uri.path() {
            "/legacy/" => self.random.between(1, self.weather.upload_latency),
            _ => self.latency(),
        }
    }

    fn pass(&mut self, time: u64) {
        let passed = Duration::from_millis(time - self.now);
        self.case.index.clock().advance(passed);
        self.now = time;
    }
}

pub(crate) fn lock<T>(mutex: &Arc<Mutex<T>>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("nobody panicked")
}
