//! The help of the command line in the reader's language.

use crate::diagnostic::Lang;
use clap::{Command, CommandFactory};

/// Chinese help: command (empty for all), argument (empty for the command itself), text.
const CHINESE: &[(&str, &str, &str)] = &[
    ("", "", "村民自治章程即代码:编写、检查、评估、解释"),
    ("", "lang", "消息的语言;缺省按 LC_ALL、LANG,再缺省为中文"),
    ("check", "", "找出章程里的错误"),
    ("check", "paths", "章程文件,或放章程的文件夹"),
    ("check", "on", "按哪一天的法律;缺省为章程施行之日"),
    ("check", "format", "输出格式"),
    ("check", "deny", "有 warnings(警告)、undecided(没有查明的)或某个代码即算失败"),
    ("check", "fix", "改写能机械改正的问题"),
    ("eval", "", "把章程用于一个时段的登记册"),
    ("eval", "charters", "章程文件,或放章程的文件夹"),
    (
        "eval",
        "data",
        "登记册:放 CSV、Parquet、Arrow 或 Excel 文件的文件夹,一个 Excel 工作簿,或一个 YAML 文件",
    ),
    ("eval", "period", "2005、2005-03、2005-Q1、2005-03-01,或 2008-07..2009-06"),
    ("eval", "known_on", "只算到这一天为止记录在册的事实"),
    ("eval", "out", "写入结果表和凭据的文件夹;不给则打印汇总"),
    ("eval", "format", "结果表的格式"),
    ("eval", "layout", "待遇表的样式:long 每个判定日一行;wide 每户一行、每条一列"),
    ("eval", "strict", "登记册有错误即停止"),
    ("eval", "deny", "有 warnings(没有回答的警告)或某个代码即算失败"),
    ("eval", "jobs", "线程数;缺省为处理器的个数。结果与线程数无关"),
    ("eval", "timings", "说明读取、评估、写出各用了多少时间,各线程相加"),
    ("eval", "memory", "登记册的行可用的内存;更大的登记册分批读入"),
    ("why", "", "逐条解释一户得到什么、为什么"),
    ("why", "charters", "章程文件,或放章程的文件夹"),
    ("why", "data", "登记册:放 CSV、Parquet、Arrow 或 Excel 文件的文件夹,一个 Excel 工作簿,或一个 YAML 文件"),
    ("why", "period", "2005、2005-03、2005-Q1、2005-03-01,或 2008-07..2009-06"),
    ("why", "known_on", "只算到这一天为止记录在册的事实"),
    ("why", "household", "户编号;或村的代码、名称,查村委会和干部的条款"),
    ("why", "clause", "只看这一条(名称或别名)"),
    ("test", "", "运行测试文件里的用例"),
    ("test", "paths", "测试文件(*.test.yaml),或放测试文件的文件夹"),
    ("test", "format", "输出格式"),
    ("fmt", "", "统一章程的写法,或翻译关键词和名称"),
    ("fmt", "paths", "章程文件,或放章程的文件夹"),
    ("fmt", "check", "只检查,不改写"),
    ("fmt", "to", "译成哪种语言"),
    ("explain", "", "解释消息里的代码"),
    ("explain", "code", "代码,如 S001"),
    ("synth", "", "生成合成的登记册"),
    ("synth", "households", "多少户"),
    ("synth", "seed", "同一个种子生成同一个登记册"),
    ("synth", "format", "登记册的格式"),
    ("synth", "out", "写入的文件夹"),
    ("completions", "", "打印命令行补全脚本"),
    ("completions", "shell", "bash、zsh、fish、elvish 或 powershell"),
    ("man", "", "打印手册页"),
];

/// The command line with its help in a language.
pub fn command<C: CommandFactory>(lang: Lang) -> Command {
    let mut command = C::command();
    if lang == Lang::En {
        return command;
    }
    for (name, argument, text) in CHINESE {
        command = match (*name, *argument) {
            ("", "") => command.about(*text),
            ("", argument) => command.mut_arg(argument, |arg| arg.help(*text)),
            (name, "") => command.mut_subcommand(name, |sub| sub.about(*text)),
            (name, argument) => {
                command.mut_subcommand(name, |sub| sub.mut_arg(argument, |arg| arg.help(*text)))
            }
        };
    }
    command
}
