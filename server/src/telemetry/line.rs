//! The text of a log line. Lines of requests are written by hand: tracing-subscriber's own formatter takes 11,000
//! instructions for one, most of them for styles that are then left out, which is an eighth of a small request.

use super::REQUESTS;
use jiff::Timestamp;
use jiff::tz::Offset;
use std::fmt;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{Format, Full, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes lines as `Format` does, those of requests by a shorter way to the same text.
#[derive(Debug)]
pub(super) struct LineFormat(pub(super) Format<Full>);

impl<S, N> FormatEvent<S, N> for LineFormat
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != REQUESTS || writer.has_ansi_escapes() {
            return self.0.format_event(context, writer, event);
        }
        write_time(&mut writer, Timestamp::now())?;
        writer.write_str(match *event.metadata().level() {
            Level::TRACE => " TRACE ",
            Level::DEBUG => " DEBUG ",
            Level::INFO => "  INFO ",
            Level::WARN => "  WARN ",
            Level::ERROR => " ERROR ",
        })?;
        if let Some(scope) = context.event_scope() {
            for span in scope.from_root() {
                writer.write_str(span.metadata().name())?;
                let extensions = span.extensions();
                if let Some(fields) =
                    extensions.get::<FormattedFields<N>>().filter(|fields| !fields.is_empty())
                {
                    writer.write_char('{')?;
                    writer.write_str(fields.fields.as_str())?;
                    writer.write_char('}')?;
                }
                writer.write_char(':')?;
            }
            writer.write_char(' ')?;
        }
        let mut fields = Fields { writer: &mut writer, is_first: true, result: Ok(()) };
        event.record(&mut fields);
        fields.result?;
        writer.write_char('\n')
    }
}

/// `2024-05-06T07:08:09.123456Z`
fn write_time(writer: &mut Writer<'_>, time: Timestamp) -> fmt::Result {
    let time = Offset::UTC.to_datetime(time);
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    let mut put = |end: usize, digits: usize, mut number: u32| {
        for place in text.iter_mut().take(end).rev().take(digits) {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(4, 4, u32::from(time.year().unsigned_abs()));
    put(7, 2, u32::from(time.month().unsigned_abs()));
    put(10, 2, u32::from(time.day().unsigned_abs()));
    put(13, 2, u32::from(time.hour().unsigned_abs()));
    put(16, 2, u32::from(time.minute().unsigned_abs()));
    put(19, 2, u32::from(time.second().unsigned_abs()));
    put(26, 6, time.subsec_nanosecond().unsigned_abs() / 1000);
    writer.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

/// Writes `name=value` for each field.
struct Fields<'a, 'w> {
    writer: &'a mut Writer<'w>,
    is_first: bool,
    result: fmt::Result,
}

impl Fields<'_, '_> {
    fn write(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        if self.result.is_err() {
            return;
        }
        let separator = if std::mem::take(&mut self.is_first) { "" } else { " " };
        let parts = [separator, field.name(), "="];
        let name = parts.iter().try_for_each(|part| self.writer.write_str(part));
        self.result = name.and_then(|()| value(self.writer));
    }
}

impl Visit for Fields<'_, '_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.write(field, |writer| {
            // What comes from a client is escaped; names and paths rarely have anything to escape.
            let is_plain = |byte: &u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
            if !value.as_bytes().iter().all(is_plain) {
                return write!(writer, "{value:?}");
            }
            writer.write_char('"')?;
            writer.write_str(value)?;
            writer.write_char('"')
        });
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.write(field, |writer| write!(writer, "{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use std::io;
    use std::sync::Arc;
    use tracing_subscriber::fmt::MakeWriter;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Kept {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    fn log() {
        let operation = "a \"quoted\"\nname";
        tracing::info!(target: REQUESTS, method = "POST", path = "/graphql", operation, status = 200_u16, ms = 0.5);
        let span = tracing::info_span!("request", id = "ab-1");
        let _entered = span.enter();
        tracing::error!(target: REQUESTS, method = "GET", path = "/é", operation = "-", status = 500_u16, ms = 12.25);
        tracing::warn!(target: REQUESTS, status = 499_u16);
        tracing::info!(other = 1, "a line of something else");
    }

    /// The lines without their times, which are checked.
    fn lines(kept: &Kept) -> Vec<String> {
        let text = String::from_utf8(kept.0.lock().clone()).unwrap();
        let without_time = |line: &str| {
            let (time, rest) = line.split_once(' ').unwrap();
            let age = Timestamp::now().duration_since(time.parse().unwrap());
            assert!(time.len() == 27 && age.abs() < jiff::SignedDuration::from_secs(60), "{time}");
            rest.to_owned()
        };
        text.lines().map(without_time).collect()
    }

    #[test]
    fn lines_are_those_of_the_usual_format() {
        let (usual, ours) = (Kept::default(), Kept::default());
        let format = || tracing_subscriber::fmt::format().with_target(false);
        let builder = || tracing_subscriber::fmt().with_ansi(false);
        let subscriber = builder().with_writer(usual.clone()).event_format(format()).finish();
        tracing::subscriber::with_default(subscriber, log);
        let subscriber = builder().with_writer(ours.clone()).event_format(LineFormat(format())).finish();
        tracing::subscriber::with_default(subscriber, log);
        assert_eq!(lines(&ours), lines(&usual));
        assert_eq!(lines(&ours).len(), 4);
    }
}
