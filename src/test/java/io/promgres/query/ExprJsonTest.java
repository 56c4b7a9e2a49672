package io.promgres.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.promql.syntax.Parser;
import io.promgres.promql.syntax.ParserOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The trees of Prometheus: those of release 3.5, with the members that later ones have added. */
class ExprJsonTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ParserOptions ALL = new ParserOptions(true, true, true, true);
    private static final String UP = "{'type':'vectorSelector','name':'up','offset':0,"
            + "'matchers':[{'name':'__name__','type':'=','value':'up'}],"
            + "'timestamp':null,'startOrEnd':null,'anchored':false,'smoothed':false}";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1e3                     | {'type':'numberLiteral','val':'1000'}
            -Inf                    | {'type':'numberLiteral','val':'-Inf'}
            "a"                     | {'type':'stringLiteral','val':'a'}
            up                      | UP
            -(up)                   | {'type':'unaryExpr','op':'-','expr':{'type':'parenExpr','expr':UP}}
            sum(up)                 | {'type':'aggregation','op':'sum','expr':UP,'param':null,'grouping':[],'without':false}
            topk without(a,b)(2,up) | {'type':'aggregation','op':'topk','expr':UP,'param':{'type':'numberLiteral','val':'2'},'grouping':['a','b'],'without':true}
            1 > bool up             | {'type':'binaryExpr','op':'>','bool':true,'lhs':{'type':'numberLiteral','val':'1'},'rhs':UP,'matching':null}
            up and up               | {'type':'binaryExpr','op':'and','bool':false,'lhs':UP,'rhs':UP,'matching':{'card':'many-to-many','labels':[],'on':false,'include':[],'fillValues':{'lhs':null,'rhs':null}}}
            up*on(a)group_left(b)up | {'type':'binaryExpr','op':'*','bool':false,'lhs':UP,'rhs':UP,'matching':{'card':'many-to-one','labels':['a'],'on':true,'include':['b'],'fillValues':{'lhs':null,'rhs':null}}}
            up + fill_right(0.5) up | {'type':'binaryExpr','op':'+','bool':false,'lhs':UP,'rhs':UP,'matching':{'card':'one-to-one','labels':[],'on':false,'include':[],'fillValues':{'lhs':null,'rhs':0.5}}}
            round(up)               | {'type':'call','func':{'name':'round','argTypes':['vector','scalar'],'variadic':1,'returnType':'vector'},'args':[UP]}
            time()                  | {'type':'call','func':{'name':'time','argTypes':[],'variadic':0,'returnType':'scalar'},'args':[]}
            up[5m:1m] @ start()     | {'type':'subquery','expr':UP,'range':300000,'step':60000,'offset':0,'timestamp':null,'startOrEnd':'start'}
            m{a!~"x"}[5m] anchored offset -1m | {'type':'matrixSelector','name':'m','range':300000,'offset':-60000,'matchers':[{'name':'a','type':'!~','value':'x'},{'name':'__name__','type':'=','value':'m'}],'timestamp':null,'startOrEnd':null,'anchored':true,'smoothed':false}
            m @ 1.5                 | {'type':'vectorSelector','name':'m','offset':0,'matchers':[{'name':'__name__','type':'=','value':'m'}],'timestamp':1500,'startOrEnd':null,'anchored':false,'smoothed':false}
            """)
    void anExpressionIsTheTreeThatPrometheusGives(String query, String tree) throws IOException {
        assertThat(MAPPER.readTree(written(query)))
                .isEqualTo(MAPPER.readTree(tree.replace("UP", UP).replace('\'', '"')));
    }

    private static byte[] written(String query) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Json json = new Json(bytes);
        new ExprJson(json).write(Parser.parse(query, ALL));
        json.flush();
        return bytes.toByteArray();
    }
}
