//! Reads a reply.

use std::{io::Read as _, net::TcpStream};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use pypi_http::{Reply, TransportError, TransportErrorKind as Kind};

use super::budget::{Budget, failed};
use crate::defect::Defect;

/// A connection from which a reply is read.
pub(crate) struct Reader<'a> {
    stream: &'a TcpStream,
    budget: &'a Budget,
    defect: Option<Defect>,
    buffer: Vec<u8>,
    pub(crate) is_reusable: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(stream: &'a TcpStream, budget: &'a Budget, defect: Option<Defect>) -> Self {
        Self {
            stream,
            budget,
            defect,
            buffer: Vec::new(),
            is_reusable: true,
        }
    }

    pub(crate) fn reply(&mut self, limit: usize) -> Result<Reply, TransportError> {
        loop {
            let (status, headers) = self.head()?;
            if status.is_informational() && self.defect != Some(Defect::ReturnsInterim) {
                continue;
            }
            let body = match self.body(status, &headers, limit) {
                Err(error) if error.kind() == Kind::Interrupted => return failed(Kind::Reply),
                body => body?,
            };
            return Ok(Reply::new(status, headers, body));
        }
    }

    fn head(&mut self) -> Result<(StatusCode, HeaderMap), TransportError> {
        let first = self.line()?;
        let status = first
            .strip_prefix("HTTP/1.")
            .and_then(|rest| rest.get(2..5));
        let status = status.and_then(|status| status.parse().ok());
        let Some(status) = status else {
            return failed(Kind::Interrupted);
        };
        let mut headers = HeaderMap::new();
        let mut lines = 0;
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok((status, headers));
            }
            let Some((name, value)) = line.split_once(':') else {
                return failed(Kind::Reply);
            };
            let name: HeaderName = name.parse().or_else(|_| failed(Kind::Reply))?;
            let value: HeaderValue = value.trim().parse().or_else(|_| failed(Kind::Reply))?;
            match self.defect {
                Some(Defect::MergesHeaders) => drop(headers.insert(name, value)),
                _ => drop(headers.append(name, value)),
            }
            lines += 1;
            if lines > 100 && self.defect != Some(Defect::ReadsAnyHead) {
                return failed(Kind::Reply);
            }
        }
    }

    fn body(
        &mut self,
        status: StatusCode,
        headers: &HeaderMap,
        limit: usize,
    ) -> Result<Vec<u8>, TransportError> {
        let mut body = Vec::new();
        if status == 204 || status == 304 || status.is_informational() {
            return Ok(body);
        }
        let swallows = self.defect == Some(Defect::SwallowsTruncation);
        let ended = if headers.contains_key(header::TRANSFER_ENCODING) {
            self.chunks(&mut body, limit)
        } else if let Some(length) = headers.get(header::CONTENT_LENGTH) {
            let length = length.to_str().ok().and_then(|length| length.parse().ok());
            self.take(&mut body, length.unwrap_or(u64::MAX), limit)
        } else {
            self.is_reusable = false;
            match self.take(&mut body, u64::MAX, limit) {
                Err(error) if error.kind() == Kind::Interrupted => Ok(()),
                other => other,
            }
        };
        match ended {
            Err(error) if swallows && error.kind() == Kind::Interrupted => Ok(body),
            ended => ended.map(|()| body),
        }
    }

    fn chunks(&mut self, body: &mut Vec<u8>, limit: usize) -> Result<(), TransportError> {
        loop {
            let line = self.line()?;
            let size = line.split(';').next().unwrap_or_default();
            let size = u64::from_str_radix(size, 16).or_else(|_| failed(Kind::Reply))?;
            if size == 0 {
                while !self.line()?.is_empty() {}
                return Ok(());
            }
            self.take(body, size, limit)?;
            self.line()?;
        }
    }

    /// Moves `count` bytes to `body`.
    fn take(
        &mut self,
        body: &mut Vec<u8>,
        mut count: u64,
        limit: usize,
    ) -> Result<(), TransportError> {
        while count > 0 {
            if self.buffer.is_empty() {
                self.fill()?;
            }
            let most = self
                .buffer
                .len()
                .min(usize::try_from(count).unwrap_or(usize::MAX));
            body.extend(self.buffer.drain(..most));
            count -= most as u64;
            if body.len() > limit {
                return failed(Kind::TooLong);
            }
        }
        Ok(())
    }

    fn line(&mut self) -> Result<String, TransportError> {
        let mut searched = 0;
        loop {
            let end = self.buffer[searched..]
                .iter()
                .position(|byte| *byte == b'\n');
            if let Some(end) = end {
                let line: Vec<u8> = self.buffer.drain(..=searched + end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            searched = self.buffer.len();
            if searched > 64 * 1024 && self.defect != Some(Defect::ReadsAnyHead) {
                return failed(Kind::Reply);
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), TransportError> {
        let mut chunk = [0; 16 * 1024];
        match self.budget.wait_for(|| (&*self.stream).read(&mut chunk))? {
            0 => failed(Kind::Interrupted),
            count => {
                self.buffer.extend(&chunk[..count]);
                Ok(())
            }
        }
    }
}
